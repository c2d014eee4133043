import { lstatSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, removeEmptyFolders, syncFolders, takeAway, treeSize } from '@holdfast/core/files';
import { assertRemovable, type RemovedRoot, type RemoveRootOptions, removeListed } from '@holdfast/core/target';
import { refuseLinks } from './begin.js';
import { asTargetError } from './errors.js';
import { list } from './list.js';
import { assertUsableKey, enter, type Place, pathOf, stagingPath, syncOptions } from './place.js';
import { removeObjects } from './remove.js';

const FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT']);

/** Is it the error of a disk without a block left? There not even a folder can be made to take a root away into. */
export function isFull(error: unknown): boolean {
  return FULL.has(errorCode(error));
}

/**
 * Removes a root: it is taken away into staging by one rename, and only there removed. Killed before the rename it is there as a
 * whole; after it, it is what a dead batch left. On a disk that is full to the last block it is removed in its place, the record first.
 */
export async function removeRoot(place: Place, root: string, options: RemoveRootOptions = {}): Promise<RemovedRoot> {
  enter(place, 'removeRoot', options, root);
  assertRemovable(root, options.record, place.url);
  assertUsableKey(place, root, 'removeRoot');
  const path = pathOf(place, root);
  try {
    // A link is not followed, and a file is no root.
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return { objects: 0, sizeBytes: 0 };
    const size = await treeSize(path);
    if (options.dryRun === true) return size;
    enter(place, 'removeRoot', options, root);
    refuseLinks(place, 'removeRoot');
    let condemned: string;
    try {
      condemned = await takeAway(path, stagingPath(place), { onStep: place.onStep });
    } catch (error) {
      // Another one has just taken it away.
      if (errorCode(error) === 'ENOENT' && lstatSync(path, { throwIfNoEntry: false }) === undefined) {
        await syncFolders([place.root], { ...syncOptions(place), ignoreMissing: true });
        return { objects: 0, sizeBytes: 0 };
      }
      if (!isFull(error)) throw error;
      await removeInPlace(place, root, options);
      return size;
    }
    // That it is gone must be the older news: what follows takes away what it consists of.
    await syncFolders([place.root, stagingPath(place)], { ...syncOptions(place), ignoreMissing: true });
    place.onStep?.({ kind: 'remove', path: condemned });
    await rm(condemned, { recursive: true, force: true, maxRetries: 3 });
    await removeEmptyFolders([stagingPath(place), dirname(stagingPath(place))]);
    return size;
  } catch (error) {
    throw asTargetError(error, { url: place.url, operation: 'removeRoot', key: root });
  }
}

function removeInPlace(place: Place, root: string, options: RemoveRootOptions): Promise<RemovedRoot> {
  const inPlace = {
    list: (prefix: string) => list(place, prefix, options),
    delete: (keys: readonly string[]) => removeObjects(place, keys, options),
  };
  return removeListed(inPlace, `${root}/`, options);
}
