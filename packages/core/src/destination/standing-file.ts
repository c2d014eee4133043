import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { errorCode } from '../files/index.js';
import type { FileEntry } from '../snapshot/index.js';
import type { FolderHandle } from './folder-handle.js';

const readAsync = promisify(read);
const READ_BYTES = 1024 * 1024;

// What is put in its place meanwhile is not followed, and a pipe must not hang.
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What stands at a name of the destination. */
export type Standing =
  | { readonly kind: 'nothing' | 'folder' | 'other' }
  /** The very bytes of the entry. The descriptor they were read through is the caller's, to set mode and time of just this file. */
  | { readonly kind: 'equal'; readonly descriptor: number };

/**
 * Compares what stands at a name with a file's entry, by its bytes; follows no link.
 *
 * @param between called before each piece; what it throws ends the comparison.
 * @throws the error of the system: a file that cannot be read cannot be compared.
 */
export async function standingFile(
  folder: FolderHandle,
  name: Buffer,
  entry: FileEntry,
  between: () => void,
): Promise<Standing> {
  const address = folder.child(name);
  const seen = lstatSync(address, { throwIfNoEntry: false });
  if (seen === undefined) return { kind: 'nothing' };
  if (seen.isDirectory()) return { kind: 'folder' };
  if (!seen.isFile() || seen.size !== entry.sizeBytes) return { kind: 'other' };
  const descriptor = openQuietly(address);
  if (descriptor === undefined) return { kind: 'other' };
  let equal = false;
  try {
    equal = fstatSync(descriptor).isFile() && (await hashOf(descriptor, entry.sizeBytes, between)) === entry.sha256;
    return equal ? { kind: 'equal', descriptor } : { kind: 'other' };
  } finally {
    if (!equal) closeSync(descriptor);
  }
}

/** `undefined` if something else has just taken the name. */
function openQuietly(address: Buffer): number | undefined {
  try {
    return openSync(address, OPEN_FLAGS);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ELOOP' || code === 'ENOENT' || code === 'ENXIO') return undefined;
    throw error;
  }
}

/** The hash of so many bytes from the beginning; a file that is shorter or longer by now gives another one. */
async function hashOf(descriptor: number, sizeBytes: number, between: () => void): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, sizeBytes + 1));
  for (let position = 0; ; ) {
    between();
    const { bytesRead } = await readAsync(descriptor, buffer, 0, buffer.length, position);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}
