import { type BigIntStats, type Dirent, lstatSync, opendirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '@holdfast/core/files';
import { compareKeys, type ObjectInfo, type ObjectType } from '@holdfast/core/target';
import { typeOf } from './look-up.js';
import { isShown } from './one-root.js';
import { foldedKey, isReserved, OWN_KEY, type Place } from './place.js';

/** An object, or a folder on the way to objects. */
export interface FolderEntry {
  readonly name: string;
  readonly type: ObjectType;
}

/** What Node writes for bytes that are not UTF-8. */
const REPLACEMENT = '�';

/** From here on UTF-16 and UTF-8 sort differently: halves of pairs come before U+E000. */
const SORTS_DIFFERENTLY = /[\ud800-\uffff]/;

/**
 * What a folder holds, as a listing sees it, in no order: without pipes, sockets and devices, without names that are not valid
 * UTF-8 (no key can name them, so no object has them; foreign files are left alone), without our staging.
 * A folder that has vanished holds nothing.
 *
 * @param prefix of the keys in it: empty, or ending with `/`
 */
export function folderEntries(place: Place, path: string, prefix: string): FolderEntry[] {
  const entries: FolderEntry[] = [];
  for (const dirent of ifThere(() => readdirSync(path, { withFileTypes: true })) ?? []) {
    const entry = entryOf(place, path, prefix, dirent);
    if (entry === undefined) continue;
    // Two names that are not UTF-8 may look like the one that is.
    if (entry.name.includes(REPLACEMENT) && entries.some(({ name }) => name === entry.name)) continue;
    entries.push(entry);
  }
  return entries;
}

/** Would {@link folderEntries} give anything? Reads no further than to the first that counts, however large the folder is. */
export function holdsSomething(place: Place, path: string, prefix: string): boolean {
  const folder = ifThere(() => opendirSync(path));
  if (folder === undefined) return false;
  try {
    for (let dirent = folder.readSync(); dirent !== null; dirent = folder.readSync()) {
      if (entryOf(place, path, prefix, dirent) !== undefined) return true;
    }
    return false;
  } finally {
    folder.closeSync();
  }
}

function entryOf(place: Place, path: string, prefix: string, dirent: Dirent): FolderEntry | undefined {
  const { name } = dirent;
  const type = typeOf(dirent);
  if (type === undefined || isReserved(place, prefix + name) || !isShown(place, prefix + name)) return undefined;
  // A name may hold U+FFFD by itself: then it is found under it.
  if (name.includes(REPLACEMENT) && lstatSync(join(path, name), { throwIfNoEntry: false }) === undefined) {
    return undefined;
  }
  return { name, type };
}

/** Our own folder is no object, empty or not. */
export function isObjectFolder(place: Place, key: string): boolean {
  return foldedKey(place, key) !== OWN_KEY;
}

/** Sorts by the bytes of a text in UTF-8. */
export function sortByBytes<Item>(items: Item[], text: (item: Item) => string): Item[] {
  const plain = !items.some((item) => SORTS_DIFFERENTLY.test(text(item)));
  const compareUnits = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
  const compare = plain ? compareUnits : compareKeys;
  return items.sort((left, right) => compare(text(left), text(right)));
}

/** The line of a listing; `undefined` if the object has vanished since the folder was read. */
export function infoAt(path: string, key: string, type: ObjectType): ObjectInfo | undefined {
  if (type === 'directory') return { key, type, sizeBytes: 0 };
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : infoOf(key, stats);
}

/** The line for what was found. */
export function infoOf(key: string, stats: BigIntStats): ObjectInfo | undefined {
  const type = typeOf(stats);
  if (type === undefined) return undefined;
  const info = { key, type, sizeBytes: type === 'file' ? Number(stats.size) : 0 };
  const shared = type === 'file' && stats.nlink > 1n;
  return shared ? { ...info, sharedId: `${stats.dev}:${stats.ino}` } : info;
}

function ifThere<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
