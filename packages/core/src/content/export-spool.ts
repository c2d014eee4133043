import { createHash, type Hash } from 'node:crypto';
import { Spool } from '../flow/spool.js';
import type { ExportPart, ExportSink } from '../inspect/index.js';
import type { ObjectSource } from '../target/index.js';
import { KeptFault } from './kept-fault.js';

/** One export, made and waiting to be stored. */
export interface SpooledExport {
  readonly part: ExportPart;
  readonly sha256: string;
  readonly source: ObjectSource;
}

/** A file with more parts than this is not exported: each becomes a file of the snapshot. */
export const MAX_EXPORT_PARTS = 1000;

/** So much of a file's exports stays in memory; several files are exported at once. */
const MEMORY_BYTES = 1024 * 1024;

/** That a file has more to export than it may. */
export class TooManyExports extends Error {}

/** What a part must be so that a manifest can hold it; inspectors are written by others. */
function partFault({ name, index, extension }: ExportPart): string | undefined {
  if (typeof name !== 'string' || typeof extension !== 'string') return 'it has no name';
  return Number.isSafeInteger(index) && index >= 0 ? undefined : 'its index is no number of a part';
}

interface OpenPart {
  readonly part: ExportPart;
  readonly start: number;
  readonly hash: Hash;
}

/** Takes all exports of one file, one behind the other, to a private file; none is ever held as a whole. */
export class ExportSpool {
  readonly #spool = new Spool({ memoryBytes: MEMORY_BYTES });
  readonly #maxBytes: number;
  readonly #done: SpooledExport[] = [];
  readonly #indices = new Set<number>();
  #current: OpenPart | undefined;
  readonly #fault = new KeptFault();

  /** @param maxBytes of all parts together. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @param formats what is wanted: extensions. */
  sink(formats: readonly string[]): ExportSink {
    const wants = ({ extension }: ExportPart): boolean => formats.includes(extension);
    return {
      wants,
      // What it is given may be changed by whoever has given it.
      begin: ({ name, index, extension }) =>
        this.#fault.pass(async () => this.#begin({ name, index, extension }, wants({ name, index, extension }))),
      write: (bytes) => this.#fault.pass(() => this.#write(bytes)),
    };
  }

  /** Ends the last part. @throws what went wrong in taking them: {@link TooManyExports}, parts that are none, a disk without room. */
  finish(): readonly SpooledExport[] {
    this.#fault.end();
    this.#fault.throwIfAny();
    this.#endPart();
    return this.#done;
  }

  /** Frees memory and disk; nothing is taken any more. */
  async close(): Promise<void> {
    this.#fault.end();
    await this.#spool.close();
  }

  #begin(part: ExportPart, isWanted: boolean): void {
    this.#endPart();
    const fault = partFault(part);
    if (fault !== undefined) throw new Error(`a part cannot be exported: ${fault}`);
    if (!isWanted) return;
    if (this.#indices.has(part.index)) throw new Error(`part ${part.index} is exported twice`);
    this.#indices.add(part.index);
    if (this.#done.length >= MAX_EXPORT_PARTS) throw new TooManyExports(`it has more than ${MAX_EXPORT_PARTS} parts`);
    this.#current = { part, start: this.#spool.sizeBytes, hash: createHash('sha256') };
  }

  async #write(bytes: Uint8Array): Promise<void> {
    // Of a part that is not wanted.
    if (this.#current === undefined) return;
    if (this.#spool.sizeBytes + bytes.byteLength > this.#maxBytes)
      throw new TooManyExports(`more than ${this.#maxBytes} bytes would come out of it`);
    this.#current.hash.update(bytes);
    await this.#spool.append(bytes);
  }

  #endPart(): void {
    if (this.#current === undefined) return;
    const { part, start, hash } = this.#current;
    const end = this.#spool.sizeBytes;
    this.#current = undefined;
    const source = { sizeBytes: end - start, open: () => this.#spool.read(start, end) };
    this.#done.push({ part, sha256: hash.digest('hex'), source });
  }
}
