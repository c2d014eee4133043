import { type BigIntStats, lstatSync } from 'node:fs';
import type { ObjectType } from '@holdfast/core/target';
import { isShown, standingRoot } from './one-root.js';
import { type Place, pathOf } from './place.js';

/** Something that stands under a key. */
export interface Found {
  readonly path: string;
  readonly stats: BigIntStats;
  readonly type: ObjectType;
}

/**
 * What stands under `key`, without following any link, not in the last part of the path and not on the way there:
 * `undefined` where there is nothing, where a part of the way is no folder, and for what is no object (a pipe, a device).
 * Nothing is opened.
 *
 * @throws the error of the system if it cannot be known (`EACCES`, `EIO`, …).
 */
export function lookUp(place: Place, key: string): Found | undefined {
  if (!isShown(place, key) || !liesInFolders(place, key)) return undefined;
  const path = pathOf(place, key);
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  const type = stats === undefined ? undefined : typeOf(stats);
  return stats === undefined || type === undefined ? undefined : { path, stats, type };
}

/**
 * Is every part of the way to `key` a folder, and no link?
 *
 * @param known by the key of a folder, what was found for it before: for looks that follow each other closely.
 */
export function liesInFolders(place: Place, key: string, known?: Map<string, boolean>): boolean {
  const slash = key.lastIndexOf('/');
  if (slash === -1) return place.one === undefined || standingRoot(place)?.root === key;
  const folder = key.slice(0, slash);
  const before = known?.get(folder);
  if (before !== undefined) return before;
  const isFolder =
    liesInFolders(place, folder, known) &&
    lstatSync(pathOf(place, folder), { throwIfNoEntry: false })?.isDirectory() === true;
  known?.set(folder, isFolder);
  return isFolder;
}

/** The kind of object, `undefined` for what is none. */
export function typeOf(entry: Pick<BigIntStats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): ObjectType | undefined {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : undefined;
}
