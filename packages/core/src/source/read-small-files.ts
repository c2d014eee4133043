import type { BigIntStats } from 'node:fs';
import { runInThread, type ThreadJob, threadJob } from '../files/index.js';
import type { Reading } from './stable-read.js';
import { OPEN_FLAGS } from './stable-read.js';

/** A file as the walk saw it. */
export interface SeenFile {
  readonly location: Buffer;
  readonly stats: BigIntStats;
}

/** What many small files hold. */
export interface SmallReadings {
  /** The bytes of a file; shared memory, so that threads can write them without copying. */
  bytesOf(index: number): Uint8Array;
  /** `undefined` for a file that was not as the walk saw it, changed while it was read, or could not be read: look at it by itself. */
  readonly readings: readonly (Reading | undefined)[];
}

interface Input {
  readonly openFlags: number;
  /** Joined by NUL, each byte a character (`latin1`): names need not be UTF-8, and one string is cloned faster than many. */
  readonly locations: string;
  /** {@link FACTS} of each file. */
  readonly facts: BigInt64Array;
  readonly memory: SharedArrayBuffer;
}

/** Size, mtime, ctime, inode, device: what must be the same before and after. */
const FACTS = 5;

/**
 * Open (never through a link, never waiting for a pipe), read, look at the descriptor, and the name must still mean this file. The
 * look before the first byte is the walk's: that what was opened is the same file, and unchanged from then to the end, is seen
 * when all it saw is found again behind the last byte. One byte more is asked for than a file is said to have, because a file system may
 * say less than there is; it is read to where the next file's bytes come. Whatever is different is left to `SourceFile`. The answer is a
 * hash for each file, joined by spaces, empty where there is none.
 */
const READ_SMALL_FILES: ThreadJob<Input, string> = threadJob(
  'read small files',
  `(require) => {
    const { closeSync, fstatSync, lstatSync, openSync, readSync } = require('node:fs');
    const { createHash, hash } = require('node:crypto');
    const sha256 = hash === undefined
      ? (bytes) => createHash('sha256').update(bytes).digest('hex')
      : (bytes) => hash('sha256', bytes, 'hex');
    const bigint = { bigint: true };
    const seen = new BigInt64Array(${FACTS});
    return ({ openFlags, locations, facts, memory }) => {
      const all = new Uint8Array(memory);
      let end = 0;
      const isAsSeen = (stats, index) => {
        if (!stats.isFile()) return false;
        seen[0] = stats.size; seen[1] = stats.mtimeNs; seen[2] = stats.ctimeNs; seen[3] = stats.ino; seen[4] = stats.dev;
        for (let fact = 0; fact < ${FACTS}; fact++) if (seen[fact] !== facts[index * ${FACTS} + fact]) return false;
        return true;
      };
      return locations.split('\\0').map((location, index) => {
        const start = end;
        const sizeBytes = Number(facts[index * ${FACTS}]);
        end += sizeBytes;
        const path = Buffer.from(location, 'latin1');
        let descriptor;
        try {
          descriptor = openSync(path, openFlags);
          for (let done = 0; ; ) {
            const count = readSync(descriptor, all, start + done, sizeBytes + 1 - done, done);
            done += count;
            if (done === sizeBytes) break;
            if (done > sizeBytes || count === 0) return '';
          }
          if (!isAsSeen(fstatSync(descriptor, bigint), index)) return '';
          const named = lstatSync(path, bigint);
          seen[3] = named.ino; seen[4] = named.dev;
          if (seen[3] !== facts[index * ${FACTS} + 3] || seen[4] !== facts[index * ${FACTS} + 4]) return '';
          return sha256(all.subarray(start, end));
        } catch {
          return '';
        } finally {
          if (descriptor !== undefined) closeSync(descriptor);
        }
      }).join(' ');
    };
  }`,
);

/** How many bytes of memory it takes to read the files: as many as the walk saw in them, and one that shows a longer file. */
export function readingBytes(files: readonly SeenFile[]): number {
  return files.reduce((sum, { stats }) => sum + Number(stats.size), 1);
}

/**
 * Reads small files in a thread, all of them to memory: the caller keeps them few and small. Never rejects because of a file.
 *
 * @param memory of {@link readingBytes} at least; it holds the bytes from now on.
 */
export async function readSmallFiles(files: readonly SeenFile[], memory: SharedArrayBuffer): Promise<SmallReadings> {
  const facts = new BigInt64Array(files.length * FACTS);
  const starts: number[] = [];
  let sizeBytes = 0;
  files.forEach(({ stats }, index) => {
    facts.set([stats.size, stats.mtimeNs, stats.ctimeNs, stats.ino, stats.dev], index * FACTS);
    starts.push(sizeBytes);
    sizeBytes += Number(stats.size);
  });
  starts.push(sizeBytes);
  const locations = files.map(({ location }) => location.toString('latin1')).join('\0');
  const answer = await runInThread(READ_SMALL_FILES, { openFlags: OPEN_FLAGS, locations, facts, memory });
  const hashes = answer.split(' ');
  return {
    bytesOf: (index) => new Uint8Array(memory, starts[index], (starts[index + 1] ?? 0) - (starts[index] ?? 0)),
    readings: files.map(({ stats }, index) => {
      const sha256 = hashes[index] ?? '';
      return sha256 === '' ? undefined : { sizeBytes: Number(stats.size), sha256, stable: true, stats };
    }),
  };
}
