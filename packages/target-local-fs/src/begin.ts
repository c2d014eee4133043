import { constants, lstatSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { claimStaging, type StagingClaim, sweepStaging } from '@holdfast/core/files';
import { type BeginOptions, refuseAdoption, type TargetOperation, type WriteBatch } from '@holdfast/core/target';
import { openBatch } from './batch.js';
import { asTargetError } from './errors.js';
import { foreignNames } from './foreign-names.js';
import { takeLeftTrees } from './left-trees.js';
import { looseLayout } from './loose-layout.js';
import { type OneRoot, type StandingRoot, standingRoot } from './one-root.js';
import { assertUsableKey, enter, fault, OWN_KEY, type Place, pathOf, STAGING_KEY, stagingPath } from './place.js';
import { asRoot, type PublishTree } from './publish-root.js';
import { bySwap } from './publish-swap.js';
import { releaseClaim } from './release-claim.js';
import { settleSwap } from './settle-swap.js';
import { foreignInTheWay, rootStands } from './swap-faults.js';
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
  if (root !== undefined) assertRoot(place, root);
  if (place.one === undefined && root !== undefined) assertFreeRoot(place, root);
  if (place.one !== undefined && root === undefined) {
    throw fault(place, 'UNSUPPORTED', 'this target takes only batches that name a new root', 'begin');
  }
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
    if (place.one !== undefined) await settleSwap(place, 'begin', claim);
    const from = standingRoot(place);
    if (place.one !== undefined && root !== undefined) assertReplaceable(place, place.one, root, from);
    const context = { place, claim };
    const publish = (name: string): PublishTree =>
      place.one === undefined ? asRoot(context, name) : bySwap(context, name, from);
    const layout = root === undefined ? await looseLayout(context) : await treeLayout(context, root, publish(root));
    enter(place, 'begin', options);
    const left = await takeLeftTrees(place, claim, options.adopt);
    await sweepStaging(stagingPath(place), claim, { host: place.means.host });
    return openBatch({ place, claim, layout, root, left });
  } catch (error) {
    if (claim !== undefined) await releaseClaim(place, claim);
    throw asTargetError(error, { url: place.url, operation: 'begin' });
  }
}

function assertRoot(place: Place, root: string): void {
  assertUsableKey(place, root, 'begin');
  if (root.includes('/')) throw fault(place, 'INVALID_KEY', 'a root is one segment', 'begin', root);
}

/** @throws TargetError `ALREADY_EXISTS` where a root stands that is not to be replaced, or files stand there that are nobody's. */
function assertReplaceable(place: Place, one: OneRoot, root: string, from: StandingRoot | undefined): void {
  if (from?.root === root || (from !== undefined && !one.replaces)) throw rootStands(place, 'begin', root);
  const [foreign] = foreignNames(place, from);
  if (foreign !== undefined) throw foreignInTheWay(place, 'begin', foreign);
}

function assertFreeRoot(place: Place, root: string): void {
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
