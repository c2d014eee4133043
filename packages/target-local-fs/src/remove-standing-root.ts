import { lstatSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { claimStaging, removeEmptyFolders, type StagingClaim, syncFolders, treeSize } from '@holdfast/core/files';
import { assertRemovable, type RemovedRoot, type RemoveRootOptions } from '@holdfast/core/target';
import { refuseLinks } from './begin.js';
import { asTargetError } from './errors.js';
import { type StandingRoot, standingRoot } from './one-root.js';
import { assertUsableKey, enter, OWN_KEY, type Place, stagingPath, syncOptions } from './place.js';
import { swapIn } from './publish-swap.js';
import { releaseClaim } from './release-claim.js';
import { isFull } from './remove-root.js';
import { atRest, isBeingReplaced, settleSwap } from './settle-swap.js';
import { markPath } from './swap-plan.js';

/**
 * Removes the root that the folder itself is: nothing takes its place. Foreign files stay, and the folder with them; without any
 * the folder stays empty, for it may be somebody's.
 */
export async function removeStandingRoot(
  place: Place,
  root: string,
  options: RemoveRootOptions = {},
): Promise<RemovedRoot> {
  enter(place, 'removeRoot', options, root);
  assertRemovable(root, options.record, place.url);
  assertUsableKey(place, root, 'removeRoot');
  let claim: StagingClaim | undefined;
  try {
    await atRest(place, 'removeRoot', options);
    const from = standingRoot(place);
    if (from?.root !== root) return { objects: 0, sizeBytes: 0 };
    const size = await sizeOf(place, from);
    if (options.dryRun === true) return size;
    refuseLinks(place, 'removeRoot');
    try {
      claim = await claimStaging(stagingPath(place), { host: place.means.host, onStep: place.onStep });
      await settleSwap(place, 'removeRoot', claim);
      enter(place, 'removeRoot', options, root);
      await swapIn(place, claim, { from, to: undefined, force: false }, 'removeRoot');
    } catch (error) {
      if (!isFull(error) || isBeingReplaced(place)) throw error;
      await removeInPlace(place, from);
    }
    return size;
  } catch (error) {
    throw asTargetError(error, { url: place.url, operation: 'removeRoot', key: root });
  } finally {
    if (claim !== undefined) await releaseClaim(place, claim);
  }
}

/** With not a block left nothing can be planned: the mark goes first, and with it the snapshot; then the record, and the rest. */
async function removeInPlace(place: Place, { pieces, record }: StandingRoot): Promise<void> {
  const own = join(place.root, OWN_KEY);
  const remove = async (path: string): Promise<void> => {
    place.onStep?.({ kind: 'remove', path });
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  };
  await remove(markPath(place));
  await syncFolders([own], { ...syncOptions(place), ignoreMissing: true });
  for (const piece of record === undefined ? pieces : [record, ...pieces]) await remove(join(place.root, piece));
  // The first one may be gone already: where no claim could be made, nothing of it was left.
  await removeEmptyFolders([stagingPath(place)]);
  await removeEmptyFolders([own]);
  await syncFolders([own, place.root], { ...syncOptions(place), ignoreMissing: true });
}

async function sizeOf(place: Place, { pieces }: StandingRoot): Promise<RemovedRoot> {
  let [objects, sizeBytes] = [0, 0];
  for (const piece of pieces) {
    const path = join(place.root, piece);
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) continue;
    const size = await treeSize(path);
    objects += size.objects;
    sizeBytes += size.sizeBytes;
  }
  return { objects, sizeBytes };
}
