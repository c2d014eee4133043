import type { FileHandle } from 'node:fs/promises';
import { readUpTo } from './read-up-to.js';

/** Reads an archive by position: up to `length` bytes, fewer only at the end of the file. */
export interface ArchiveBytes {
  /** Into memory of its own. */
  read(position: number, length: number): Promise<Buffer>;
  /** Small reads, of which the next is likely to follow this one. A view of memory that later calls see too: not to be changed. */
  peek(position: number, length: number): Promise<Buffer>;
}

/** Who peeks at one entry after the other gets this much at once. */
const AHEAD_BYTES = 256 * 1024;
/** A peek that begins this close behind the end of the last one goes on where that one was. */
const NEAR_BYTES = 64 * 1024;

/**
 * Reads from a file, exactly what is asked for, until peeks follow one another: then ahead. A restore of ten thousand small
 * entries makes a few dozen reads so, and one entry from the middle of a large archive costs no more than itself.
 */
export function archiveBytes(handle: FileHandle): ArchiveBytes {
  let window: Buffer = Buffer.alloc(0);
  let windowStart = 0;
  let last = { start: 0, end: Number.NEGATIVE_INFINITY };
  return {
    read: (position, length) => readUpTo(handle, position, length),
    async peek(position, length) {
      const follows = position > last.start && position <= last.end + NEAR_BYTES;
      last = { start: position, end: position + length };
      const at = position - windowStart;
      if (at >= 0 && at + length <= window.byteLength) return window.subarray(at, at + length);
      if (!follows) return readUpTo(handle, position, length);
      const ahead = await readUpTo(handle, position, Math.max(length, AHEAD_BYTES));
      window = ahead;
      windowStart = position;
      return ahead.subarray(0, length);
    },
  };
}
