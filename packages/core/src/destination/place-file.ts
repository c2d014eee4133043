import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  write,
} from 'node:fs';
import { promisify } from 'node:util';
import { errorCode } from '../files/index.js';
import type { FileEntry } from '../snapshot/index.js';
import type { FolderHandle } from './folder-handle.js';

const writeAsync = promisify(write);
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const READ_BYTES = 1024 * 1024;

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
 * Writes content to a new staging file, and checks it against the entry's size and hash.
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
      for (let written = 0; written < chunk.byteLength; ) {
        const { bytesWritten } = await writeAsync(
          descriptor,
          chunk,
          written,
          chunk.byteLength - written,
          position + written,
        );
        written += bytesWritten;
      }
      position += chunk.byteLength;
      progress(chunk.byteLength);
    }
    if (position !== entry.sizeBytes) throw new ContentMismatch(`it has ${position} bytes, not ${entry.sizeBytes}`);
    if (hash.digest('hex') !== entry.sha256) throw new ContentMismatch('its checksum does not fit');
    return { descriptor, address };
  } catch (error) {
    closeSync(descriptor);
    unlinkSync(address);
    throw error;
  }
}

/** What stands at a name of the destination. */
export type Standing = 'nothing' | 'equal' | 'folder' | 'other';

/** Compares what stands at a name with a file's entry, by its bytes; follows no link. */
export function standingFile(folder: FolderHandle, name: Buffer, entry: FileEntry): Standing {
  const address = folder.child(name);
  try {
    const seen = lstatSync(address);
    if (seen.isDirectory()) return 'folder';
    if (!seen.isFile() || seen.size !== entry.sizeBytes) return 'other';
    return hashOf(address) === entry.sha256 ? 'equal' : 'other';
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'nothing';
    throw error;
  }
}

function hashOf(address: Buffer): string {
  const descriptor = openSync(address, constants.O_RDONLY | NO_FOLLOW | (constants.O_NONBLOCK ?? 0));
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(READ_BYTES, fstatSync(descriptor).size)));
    for (;;) {
      const count = readSync(descriptor, buffer, 0, buffer.length, null);
      if (count === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, count));
    }
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Gives a staged file its name. A name that is taken meanwhile is left alone, unless `replace` is set.
 *
 * @returns false if the name is taken.
 */
export function publishFile(
  staged: Buffer,
  folder: FolderHandle,
  name: Buffer,
  replace: boolean,
  keepStaged: boolean,
): boolean {
  const address = folder.child(name);
  if (replace && !keepStaged) {
    renameSync(staged, address);
    return true;
  }
  if (replace) unlinkIfThere(address);
  try {
    linkSync(staged, address);
    if (!keepStaged) unlinkSync(staged);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS' && code !== 'EMLINK')
      throw error;
  }
  // No hard links here (FAT, exFAT): nothing better than to look first.
  if (lstatIfThere(address)) return false;
  renameSync(staged, address);
  return true;
}

function unlinkIfThere(address: Buffer): void {
  try {
    unlinkSync(address);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

function lstatIfThere(address: Buffer): boolean {
  try {
    lstatSync(address);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
