import { type BigIntStats, lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectType } from '@holdfast/core/target';
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
  const segments = key.split('/');
  const last = segments.pop();
  if (last === undefined) return undefined;
  let folder = place.root;
  for (const segment of segments) {
    folder = join(folder, segment);
    if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  }
  const path = pathOf(place, key);
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  const type = stats === undefined ? undefined : typeOf(stats);
  return stats === undefined || type === undefined ? undefined : { path, stats, type };
}

/** The kind of object, `undefined` for what is none. */
export function typeOf(entry: Pick<BigIntStats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): ObjectType | undefined {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : undefined;
}
