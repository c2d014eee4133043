import { dirname } from 'node:path';
import { removeEmptyFolders, type StagingClaim } from '@holdfast/core/files';
import { isAtOrAbove } from './durable-names.js';
import { type Place, stagingPath } from './place.js';

/**
 * Removes a batch's folder with all that is in it, then our own folders, and those that were made to hold them (the target's
 * root, its ancestors), as far as they are empty.
 */
export async function releaseClaim(place: Place, claim: StagingClaim): Promise<void> {
  await claim.release();
  const staging = stagingPath(place);
  const above = claim.folders.made.filter((folder) => isAtOrAbove(folder, place.root)).reverse();
  await removeEmptyFolders([staging, dirname(staging), ...above]);
}
