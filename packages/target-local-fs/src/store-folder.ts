import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '@holdfast/core/files';
import { fault, type Place } from './place.js';

/**
 * Makes the folder of a key prefix in the store, and those above it, up to the target's root. Never through a link. Each
 * folder on the way is added to `touched` (it has got a name, or another batch has just given it one): they are to be flushed.
 *
 * @param folder a key, or `.` for the root
 * @throws TargetError `INVALID_KEY` if an object or a link stands in the way
 */
export function makeStoreFolder(place: Place, folder: string, touched: Set<string>): void {
  const wanted = join(place.root, folder);
  if (touched.has(wanted)) return;
  touched.add(place.root);
  let path = place.root;
  for (const segment of folder.split('/')) {
    if (segment === '.') continue;
    path = join(path, segment);
    if (!touched.has(path)) makeOne(place, path, folder);
    touched.add(path);
  }
}

function makeOne(place: Place, path: string, key: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return;
  if (stats !== undefined) {
    throw fault(place, 'INVALID_KEY', 'an object or a link stands where the key needs a folder', 'commit', key);
  }
  place.onStep?.({ kind: 'mkdir', path });
  try {
    mkdirSync(path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST' || !lstatSync(path).isDirectory()) throw error;
  }
}
