import { createHash } from 'node:crypto';
import type { ObjectSource } from '@holdfast/core/target';

const BLOCK_BYTES = 256 * 1024;

/**
 * A source of any size in flat memory. Every 256 KiB begin with their number and the seed, so that parts swapped, doubled
 * or cut are seen.
 */
function patternPieces(sizeBytes: number, seed: number): AsyncGenerator<Uint8Array> {
  return (async function* () {
    const block = Buffer.alloc(BLOCK_BYTES);
    for (let index = 0; index < BLOCK_BYTES; index += 1) block[index] = (index * 31 + (index >> 8) * 7 + seed) & 0xff;
    for (let offset = 0; offset < sizeBytes; offset += BLOCK_BYTES) {
      const piece = Buffer.from(block.subarray(0, Math.min(BLOCK_BYTES, sizeBytes - offset)));
      if (piece.byteLength >= 8) piece.writeUInt32BE((offset / BLOCK_BYTES) >>> 0, 0);
      yield piece;
    }
  })();
}

/** Bytes that depend on their place and on the seed, as a source that never holds more than a piece. */
export function patternSource(sizeBytes: number, seed = 1): ObjectSource {
  return { sizeBytes, open: () => patternPieces(sizeBytes, seed) };
}

/** SHA-256 of what an iteration gives, in hexadecimal, with its length: two streams compared in flat memory. */
export async function digestOf(pieces: AsyncIterable<Uint8Array>): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    sizeBytes += piece.byteLength;
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}

/** Announces `announcedBytes` and gives what `source` gives. */
export function announcing(announcedBytes: number, source: ObjectSource): ObjectSource {
  return { sizeBytes: announcedBytes, open: () => source.open() };
}

/** Gives `goodBytes` of the announced ones, then throws `error`. */
export function failingSource(sizeBytes: number, goodBytes: number, error: unknown): ObjectSource {
  return {
    sizeBytes,
    async *open() {
      yield* patternPieces(goodBytes, 1);
      throw error;
    },
  };
}

/** The same bytes in pieces of one byte. */
export function byteByByte(bytes: Uint8Array): ObjectSource {
  return {
    sizeBytes: bytes.byteLength,
    async *open() {
      for (let offset = 0; offset < bytes.byteLength; offset += 1) yield bytes.subarray(offset, offset + 1);
    },
  };
}

/** The same bytes in three pieces, with empty ones before, between and after them. */
export function withEmptyPieces(bytes: Uint8Array): ObjectSource {
  const third = Math.ceil(bytes.byteLength / 3);
  return {
    sizeBytes: bytes.byteLength,
    async *open() {
      yield new Uint8Array(0);
      for (let offset = 0; offset < bytes.byteLength; offset += third) {
        yield bytes.subarray(offset, offset + third);
        yield new Uint8Array(0);
      }
    },
  };
}

/** Gives one piece, calls `onHang`, and then hangs until it is closed. */
export function hangingSource(sizeBytes: number, onHang: () => void): ObjectSource {
  return {
    sizeBytes,
    open() {
      let release: () => void = () => {};
      let given = false;
      const done: IteratorResult<Uint8Array> = { done: true, value: undefined };
      const iterator: AsyncIterator<Uint8Array> = {
        next() {
          if (!given) {
            given = true;
            return Promise.resolve({ done: false, value: new Uint8Array(Math.min(sizeBytes, 1000)) });
          }
          return new Promise((resolve) => {
            release = () => resolve(done);
            onHang();
          });
        },
        return() {
          release();
          return Promise.resolve(done);
        },
      };
      return { [Symbol.asyncIterator]: () => iterator };
    },
  };
}

/** A source that counts how often it was opened, and how many of the openings have ended or been closed. */
export interface WatchedSource extends ObjectSource {
  readonly opened: () => number;
  readonly ended: () => number;
}

/** Watches `source`. An opening ends when it says so, when it throws, or when its `return` is called. */
export function watched(source: ObjectSource): WatchedSource {
  let opened = 0;
  let ended = 0;
  return {
    sizeBytes: source.sizeBytes,
    opened: () => opened,
    ended: () => ended,
    open() {
      opened += 1;
      const inner = source.open()[Symbol.asyncIterator]();
      let over = false;
      const end = (): void => {
        if (!over) ended += 1;
        over = true;
      };
      const iterator: AsyncIterator<Uint8Array> = {
        async next() {
          try {
            const step = await inner.next();
            if (step.done) end();
            return step;
          } catch (error) {
            end();
            throw error;
          }
        },
        async return() {
          end();
          await inner.return?.();
          return { done: true, value: undefined };
        },
      };
      return { [Symbol.asyncIterator]: () => iterator };
    },
  };
}
