import { createHash } from 'node:crypto';
import { Spool } from '../flow/spool.js';
import type { ObjectProof } from '../snapshot/index.js';
import { type BackupTarget, type CallOptions, isTargetError } from '../target/index.js';

/** All bytes of a small stream. @throws RangeError when there are more than `maxBytes`. */
export async function readAll(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new RangeError(`more than ${maxBytes} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** What is wrong with bytes that should be as the proof says, or `undefined`. */
export function proofFault(proof: ObjectProof, sizeBytes: number, sha256: string): string | undefined {
  if (sizeBytes !== proof.sizeBytes) return `it has ${sizeBytes} bytes, not ${proof.sizeBytes}`;
  return sha256 === proof.sha256 ? undefined : 'its checksum does not fit';
}

/** Reads an object to a spool and compares it with its proof. Gives the spool, or what is wrong. Errors of the target's other than absence and damage are thrown. */
export async function readProven(
  target: BackupTarget,
  key: string,
  proof: ObjectProof,
  options: CallOptions,
): Promise<Spool | string> {
  const spool = new Spool();
  try {
    for await (const chunk of target.get(key, options)) {
      if (spool.sizeBytes + chunk.byteLength > proof.sizeBytes) throw new Oversized();
      await spool.append(chunk);
    }
    const fault = proofFault(proof, spool.sizeBytes, spool.sha256);
    if (fault === undefined) return spool;
    await spool.close();
    return fault;
  } catch (error) {
    await spool.close();
    if (error instanceof Oversized) return `it has more than ${proof.sizeBytes} bytes`;
    if (isTargetError(error, 'NOT_FOUND')) return 'it is missing';
    if (isTargetError(error, 'CORRUPT')) return error.reason;
    throw error;
  }
}

class Oversized extends Error {}

/** Has the object the bytes it should have? One that is gone or damaged has not; other errors of the target's are thrown. */
export async function holdsContent(
  target: BackupTarget,
  key: string,
  proof: ObjectProof,
  options: CallOptions,
): Promise<boolean> {
  const reader = new HashingReader();
  try {
    for await (const _ of reader.through(target.get(key, options)));
  } catch (error) {
    if (isTargetError(error, 'NOT_FOUND') || isTargetError(error, 'CORRUPT')) return false;
    throw error;
  }
  return proofFault(proof, reader.sizeBytes, reader.sha256()) === undefined;
}

/** Passes a stream on and hashes it on the way; `digest` gives size and SHA-256 of what has passed. */
export class HashingReader {
  readonly #hash = createHash('sha256');
  sizeBytes = 0;

  async *through(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#hash.update(chunk);
      this.sizeBytes += chunk.byteLength;
      yield chunk;
    }
  }

  /** Call once, at the end. */
  sha256(): string {
    return this.#hash.digest('hex');
  }
}
