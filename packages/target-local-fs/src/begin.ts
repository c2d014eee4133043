import { constants, lstatSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { claimStaging, type StagingClaim, sweepStaging } from '@holdfast/core/files';
import { type BeginOptions, refuseAdoption, type TargetOperation, type WriteBatch } from '@holdfast/core/target';
import { openBatch } from './batch.js';
import { asTargetError } from './errors.js';
import { takeLeftTrees } from './left-trees.js';
import { looseLayout } from './loose-layout.js';
import { assertUsableKey, enter, fault, OWN_KEY, type Place, pathOf, STAGING_KEY, stagingPath } from './place.js';
import { releaseClaim } from './release-claim.js';
import { treeLayout } from './tree-layout.js';

/**
 * Begins a batch. Whether the place can be written to is known when it resolves: the staging folder is made, and the root is
 * asked. What dead batches have left is swept, but for
 * what the caller wants to adopt: that is taken over into the claim, and goes when the batch ends.
 */
export async function begin(place: Place, options: BeginOptions = {}): Promise<WriteBatch> {
  enter(place, 'begin', options);
  const { root } = options;
  if (!place.capabilities.adopts || root === undefined) refuseAdoption(place.url, options);
  if (root !== undefined) assertFreeRoot(place, root);
  let claim: StagingClaim | undefined;
  try {
    refuseLinks(place);
    claim = await claimStaging(stagingPath(place), {
      host: place.means.host,
      heartbeatMs: place.means.heartbeatMs,
      onStep: place.onStep,
    });
    await access(place.root, constants.W_OK | constants.X_OK);
    // From here on little can fail: what is taken over goes with the claim.
    const layout = root === undefined ? await looseLayout({ place, claim }) : await treeLayout({ place, claim }, root);
    enter(place, 'begin', options);
    const left = await takeLeftTrees(place, claim, options.adopt);
    await sweepStaging(stagingPath(place), claim, { host: place.means.host });
    return openBatch({ place, claim, layout, root, left });
  } catch (error) {
    if (claim !== undefined) await releaseClaim(place, claim);
    throw asTargetError(error, { url: place.url, operation: 'begin' });
  }
}

function assertFreeRoot(place: Place, root: string): void {
  assertUsableKey(place, root, 'begin');
  if (root.includes('/')) throw fault(place, 'INVALID_KEY', 'a root is one segment', 'begin', root);
  let taken: boolean;
  try {
    taken = lstatSync(pathOf(place, root), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw asTargetError(error, { url: place.url, operation: 'begin', key: root });
  }
  if (taken) throw fault(place, 'ALREADY_EXISTS', 'the root is taken', 'begin', root);
}

/** Through a link in the place of our own folders, staging would lie on another file system, or in another's store. */
export function refuseLinks(place: Place, operation: TargetOperation = 'begin'): void {
  for (const key of [OWN_KEY, STAGING_KEY]) {
    const stats = lstatSync(join(place.root, key), { throwIfNoEntry: false });
    if (stats !== undefined && !stats.isDirectory()) {
      throw fault(place, 'MISCONFIGURED', `"${key}" is not a folder there`, operation);
    }
  }
}
