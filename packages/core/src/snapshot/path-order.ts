import { isOwnName } from './fold-name.js';

const SLASH = 0x2f;

/**
 * What entries are ordered by: the bytes of the path, a folder's with a `/` behind it, compared as bytes. So each folder
 * comes right before what is in it, files alone are in the order of their keys in a target's listing, and walk, manifest,
 * listing and local state can be joined as streams.
 */
export function orderKey(pathBytes: Uint8Array, isFolder: boolean): Uint8Array {
  if (!isFolder) return pathBytes;
  const key = new Uint8Array(pathBytes.length + 1);
  key.set(pathBytes);
  key[pathBytes.length] = SLASH;
  return key;
}

/** What is wrong with the bytes of a path in a snapshot, or `undefined`: absolute, empty segments, `.` or `..`, a NUL, a name of our own. */
export function pathFault(path: Buffer): string | undefined {
  if (path.length === 0) return 'the path is empty';
  if (path.includes(0)) return 'the path holds a NUL byte';
  for (const segment of path.toString('latin1').split('/')) {
    if (segment === '') return 'the path is absolute or has an empty segment';
    if (segment === '.' || segment === '..') return `the path has a "${segment}" segment`;
  }
  const top = path.subarray(0, path.includes(SLASH) ? path.indexOf(SLASH) : path.length);
  return isOwnName(top.toString('utf8')) ? "the path begins with a name that is the program's own" : undefined;
}
