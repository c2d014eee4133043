import {
  closeSync,
  constants,
  fstat,
  fstatSync,
  ftruncate,
  open,
  openSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { dataRuns } from '@holdfast/core/files';
import type { ObjectAttributes } from '@holdfast/core/target';
import type { Place } from './place.js';
import { setFileAttributes, setFileAttributesLater } from './stored-attributes.js';

const openLater = promisify(open);
const writeLater = promisify(write);
const truncateLater = promisify(ftruncate);
const statLater = promisify(fstat);

/** New, never through a link, never over anything. Windows has no `O_NOFOLLOW`. */
export const NEW_FILE: number = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
/** While it is written nobody else reads it. */
const WRITING_MODE = 0o600;

/** Small pieces are gathered to writes of this size. */
const GATHER_BYTES = 256 * 1024;

/**
 * Makes a file of bytes in memory, by synchronous calls: for a small file they cost microseconds, asynchronous ones ten times that.
 *
 * @returns the descriptor that wrote, open, for whoever makes it durable
 * @throws the error of the system; nothing is left then
 */
export function writeWhole(path: string, bytes: Uint8Array, attributes: ObjectAttributes): number {
  const descriptor = openSync(path, NEW_FILE, WRITING_MODE);
  try {
    for (let done = 0; done < bytes.byteLength; ) done += progress(writeSync(descriptor, bytes, done));
    assertSize(fstatSync(descriptor).size, bytes.byteLength);
    setFileAttributes(descriptor, attributes);
    return descriptor;
  } catch (error) {
    discard(descriptor, path);
    throw error;
  }
}

/** What {@link writeStream} makes. */
export interface StreamedFile {
  readonly path: string;
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly sizeBytes: number;
  readonly attributes: ObjectAttributes;
  /** Makes the error to throw of one of the system. What `pieces` throws comes out as it is. */
  readonly explain: (error: unknown) => unknown;
}

/**
 * {@link writeWhole} for bytes that come piece by piece, with flat memory, or for a medium that makes wait: by asynchronous
 * calls. A piece may be reused by its source afterwards. Blocks of zeros are left out, whatever the source did: nobody ever
 * writes into what is stored, so there is nothing to keep room for.
 */
export async function writeStream(file: StreamedFile): Promise<number> {
  const { path, attributes, explain } = file;
  const descriptor = await explained(explain, openLater(path, NEW_FILE, WRITING_MODE));
  const gathered = Buffer.allocUnsafeSlow(GATHER_BYTES);
  let gatheredBytes = 0;
  let position = 0;
  let writtenEnd = 0;
  const writeAll = async (bytes: Uint8Array): Promise<void> => {
    for (const { start, end } of dataRuns(bytes, position)) {
      for (let done = start; done < end; ) {
        const { bytesWritten } = await writeLater(descriptor, bytes, done, end - done, position + done);
        done += progress(bytesWritten);
      }
      writtenEnd = position + end;
    }
    position += bytes.byteLength;
  };
  const finish = async (): Promise<void> => {
    await writeAll(gathered.subarray(0, gatheredBytes));
    if (writtenEnd < position) await truncateLater(descriptor, position);
    assertSize((await statLater(descriptor)).size, file.sizeBytes);
    await setFileAttributesLater(descriptor, attributes);
  };
  try {
    for await (const piece of file.pieces) {
      if (gatheredBytes + piece.byteLength > GATHER_BYTES) {
        await explained(explain, writeAll(gathered.subarray(0, gatheredBytes)));
        gatheredBytes = 0;
      }
      if (piece.byteLength >= GATHER_BYTES) {
        await explained(explain, writeAll(piece));
      } else {
        gathered.set(piece, gatheredBytes);
        gatheredBytes += piece.byteLength;
      }
    }
    await explained(explain, finish());
    return descriptor;
  } catch (error) {
    discard(descriptor, path);
    throw error;
  }
}

/** Makes a small file and has it durable, by the descriptor that wrote it. */
export async function writeDurably(place: Place, path: string, bytes: Uint8Array): Promise<void> {
  place.onStep?.({ kind: 'write', path });
  const descriptor = writeWhole(path, bytes, {});
  const pool = place.means.syncPool();
  try {
    place.onStep?.({ kind: 'sync', path });
    await pool.sync(descriptor);
  } finally {
    closeSync(descriptor);
    await pool.close();
  }
}

/** Closes and removes what could not be finished. */
export function discard(descriptor: number, path: string): void {
  try {
    closeSync(descriptor);
    unlinkSync(path);
  } catch {
    // It lies in staging: what cannot be removed now goes with the batch.
  }
}

/** What the file system has counts, not what we believe to have written. */
function assertSize(storedBytes: number, sizeBytes: number): void {
  if (storedBytes !== sizeBytes) throw systemError('EIO', `${storedBytes} of ${sizeBytes} bytes arrived`);
}

/** A write that takes nothing and reports nothing would be tried for ever. */
function progress(bytesWritten: number): number {
  if (bytesWritten === 0) throw systemError('EIO', 'a write took no bytes');
  return bytesWritten;
}

function systemError(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}

async function explained<Result>(explain: (error: unknown) => unknown, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw explain(error);
  }
}
