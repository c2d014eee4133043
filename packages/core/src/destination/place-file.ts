import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  ftruncate,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { dataRuns, errorCode } from '../files/index.js';
import type { FileEntry } from '../snapshot/index.js';
import type { FolderHandle } from './folder-handle.js';

const writeAsync = promisify(write);
const truncateAsync = promisify(ftruncate);
/** Up to here a synchronous write takes microseconds, and an asynchronous one costs ten times as much (measured). */
const SMALL_BYTES = 128 * 1024;
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

/** A file system without hard links (FAT, exFAT), or with too many on this file, answers one of these. */
const NO_LINK: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** What came out of the store is not what the manifest says. */
export class ContentMismatch extends Error {
  override readonly name = 'ContentMismatch';
}

/** A file staged for the destination: whole, checked, and without a name there. */
export interface StagedFile {
  readonly descriptor: number;
  readonly address: Buffer;
}

/**
 * Writes content to a new staging file, and checks it against the entry's size and hash. What was sparse becomes sparse: blocks of
 * zeros are left out.
 *
 * @throws {@link ContentMismatch} if they differ, and nothing is left; errors of the content and of the system.
 */
export async function stageFile(
  staging: FolderHandle,
  name: Buffer,
  entry: FileEntry,
  content: AsyncIterable<Uint8Array>,
  progress: (bytes: number) => void,
): Promise<StagedFile> {
  const address = staging.child(name);
  const descriptor = openSync(address, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW, 0o600);
  try {
    const hash = createHash('sha256');
    let position = 0;
    for await (const chunk of content) {
      hash.update(chunk);
      if (position + chunk.byteLength > entry.sizeBytes)
        throw new ContentMismatch(`it has more than ${entry.sizeBytes} bytes`);
      if (entry.sparse === true) {
        for (const { start, end } of dataRuns(chunk, position))
          await writeFully(descriptor, chunk.subarray(start, end), position + start);
      } else await writeFully(descriptor, chunk, position);
      position += chunk.byteLength;
      progress(chunk.byteLength);
    }
    if (position !== entry.sizeBytes) throw new ContentMismatch(`it has ${position} bytes, not ${entry.sizeBytes}`);
    if (hash.digest('hex') !== entry.sha256) throw new ContentMismatch('its checksum does not fit');
    // It may end with a hole.
    if (entry.sparse === true) await truncateAsync(descriptor, position);
    return { descriptor, address };
  } catch (error) {
    closeSync(descriptor);
    unlinkSync(address);
    throw error;
  }
}

async function writeFully(descriptor: number, chunk: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < chunk.byteLength; ) {
    const left = chunk.byteLength - written;
    if (left <= SMALL_BYTES) written += writeSync(descriptor, chunk, written, left, position + written);
    else written += (await writeAsync(descriptor, chunk, written, left, position + written)).bytesWritten;
  }
}

/**
 * Gives a staged file its name, in one step. A name that is taken meanwhile is left alone, unless `replace` is set.
 *
 * @returns false if the name is taken.
 */
export function publishFile(staged: Buffer, folder: FolderHandle, name: Buffer, replace: boolean): boolean {
  const address = folder.child(name);
  if (replace) {
    renameSync(staged, address);
    return true;
  }
  try {
    linkSync(staged, address);
    unlinkSync(staged);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    if (!NO_LINK.has(errorCode(error))) throw error;
  }
  // No hard links here: nothing better than to look first.
  if (lstatSync(address, { throwIfNoEntry: false }) !== undefined) return false;
  renameSync(staged, address);
  return true;
}

/** Removes a staged file, if it is there still; what stays goes with the staging folder. */
export function removeStaged(address: Buffer): void {
  try {
    unlinkSync(address);
  } catch {}
}

/** Gives a file a second name in the staging folder; false where the file system cannot. */
export function linkAside(file: Buffer, staging: FolderHandle, name: Buffer): boolean {
  try {
    linkSync(file, staging.child(name));
    return true;
  } catch (error) {
    if (NO_LINK.has(errorCode(error))) return false;
    throw error;
  }
}
