import { symlinkSync, unlinkSync } from 'node:fs';
import type { ObjectAttributes, ObjectSource } from '@holdfast/core/target';
import { fault, type Place } from './place.js';
import { setLinkTime } from './stored-attributes.js';

/** @throws TargetError what can be said of a put before any I/O */
export function assertPossible(place: Place, key: string, source: ObjectSource, attributes: ObjectAttributes): void {
  const { type = 'file', linkTarget } = attributes;
  if (type !== 'file' && !place.capabilities.attributes) {
    throw fault(place, 'UNSUPPORTED', `this file system keeps no ${type}`, 'put', key);
  }
  if (type === 'symlink' && (linkTarget === undefined || linkTarget.byteLength === 0 || linkTarget.includes(0))) {
    throw fault(place, 'UNSUPPORTED', 'a link needs a place to point to, without NUL', 'put', key);
  }
  if (type !== 'file' && source.sizeBytes !== 0) {
    throw fault(place, 'SIZE_MISMATCH', `a ${type} has no bytes`, 'put', key);
  }
  if (source.sizeBytes > place.capabilities.maxObjectBytes) {
    throw fault(place, 'TOO_LARGE', `larger than ${place.capabilities.maxObjectBytes} bytes`, 'put', key);
  }
}

/** The bytes of a small source. A piece may be reused by its source afterwards. */
export async function collect(pieces: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(sizeBytes);
  let done = 0;
  for await (const piece of pieces) {
    bytes.set(piece, done);
    done += piece.byteLength;
  }
  return bytes;
}

/** Makes a symlink, as the bytes that it is. @throws the error of the system; nothing is left then */
export function makeLink(place: Place, path: string, attributes: ObjectAttributes): void {
  place.onStep?.({ kind: 'symlink', path });
  symlinkSync(Buffer.from(attributes.linkTarget ?? []), path);
  try {
    setLinkTime(path, attributes);
  } catch (error) {
    unlinkSync(path);
    throw error;
  }
}
