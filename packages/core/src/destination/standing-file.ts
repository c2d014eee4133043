import { createHash } from 'node:crypto';
import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { errorCode } from '../files/index.js';
import type { FileEntry } from '../snapshot/index.js';
import { type FolderHandle, openToOwner } from './folder-handle.js';

const readAsync = promisify(read);
const READ_BYTES = 1024 * 1024;

// What is put in its place meanwhile is not followed, and a pipe must not hang.
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What stands at a name of the destination. */
export type Standing =
  | { readonly kind: 'nothing' | 'folder' }
  /** Something else: other bytes, or no file. */
  | { readonly kind: 'other'; readonly stats: BigIntStats }
  /** The very bytes of the entry. The descriptor they were read through is the caller's, to set mode and time of just this file. */
  | { readonly kind: 'equal'; readonly stats: BigIntStats; readonly descriptor: number };

/** How a comparison goes about. */
export interface Comparing {
  /** Called before each piece; what it throws ends the comparison. */
  readonly between: () => void;
  /** Nothing may be changed, not even to read a file that its mode closes to its own owner. */
  readonly onlyLook: boolean;
  /** What was seen there just now; it is looked at where this is not known. */
  readonly seen?: { readonly stats: BigIntStats | undefined } | undefined;
}

/** What has this name; follows no link. @throws the error of the system. */
export function lookAt(folder: FolderHandle, name: Buffer): BigIntStats | undefined {
  return lstatSync(folder.child(name), { bigint: true, throwIfNoEntry: false });
}

/**
 * Compares what stands at a name with a file's entry, by its bytes; follows no link.
 *
 * @throws the error of the system: a file that cannot be read cannot be compared.
 */
export async function standingFile(
  folder: FolderHandle,
  name: Buffer,
  entry: FileEntry,
  { between, onlyLook, seen: before }: Comparing,
): Promise<Standing> {
  const address = folder.child(name);
  const seen = before === undefined ? lookAt(folder, name) : before.stats;
  if (seen === undefined) return { kind: 'nothing' };
  if (seen.isDirectory()) return { kind: 'folder' };
  if (!seen.isFile() || seen.size !== BigInt(entry.sizeBytes)) return { kind: 'other', stats: seen };
  const descriptor = openQuietly(address, onlyLook);
  if (descriptor === undefined) return { kind: 'other', stats: seen };
  let equal = false;
  try {
    const stats = fstatSync(descriptor, { bigint: true });
    equal = stats.isFile() && (await hashOf(descriptor, entry.sizeBytes, between)) === entry.sha256;
    return equal ? { kind: 'equal', stats, descriptor } : { kind: 'other', stats };
  } finally {
    if (!equal) closeSync(descriptor);
  }
}

/** Opens what has the name to read it; `undefined` if it is no file any more. */
function openQuietly(address: Buffer, onlyLook: boolean): number | undefined {
  try {
    return openSync(address, OPEN_FLAGS);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ELOOP' || code === 'ENOENT' || code === 'ENXIO') return undefined;
    if (code === 'EACCES' && !onlyLook && openToOwner(address, 0o400)) return openSync(address, OPEN_FLAGS);
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
