import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { claimStaging, errorCode, hasEnded, type StagingClaim } from '@holdfast/core/files';
import type { CallOptions, TargetOperation } from '@holdfast/core/target';
import { standingRoot } from './one-root.js';
import { enter, fault, type Place, stagingPath } from './place.js';
import { releaseClaim } from './release-claim.js';
import { finishSwap } from './swap.js';
import { planDamaged } from './swap-faults.js';
import { isThere, ownerFolder, ownerOfSwap, readPlan, type SwapPaths, swapUnderWay } from './swap-plan.js';

/** Another process needs some milliseconds: a few renames and flushes. On a slow share it may be seconds. */
const WAIT_MS = 20_000;
const LOOK_AGAIN_MS = 10;

/** Is one root just taking the place of another one, by whomever? */
export function isBeingReplaced(place: Pick<Place, 'root'>): boolean {
  return isThere(swapUnderWay(place).folder);
}

/**
 * Waits until a root stands, or surely none: for readers of a folder that is a root. Nothing is written.
 *
 * @returns the root. The next moment it may be another one: who reads looks again when he has read ({@link standsStill}).
 * @throws TargetError `UNAVAILABLE` if the replacement does not come to its end
 */
export async function atRest(
  place: Place,
  operation: TargetOperation,
  options?: CallOptions,
): Promise<string | undefined> {
  if (place.one === undefined) return undefined;
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    // In this order: a swap that ends between two looks has left its root.
    if (standsStill(place, undefined)) return undefined;
    const root = standingRoot(place)?.root;
    if (root !== undefined) return root;
    if (waitedMs >= WAIT_MS) throw unfinished(place, operation);
    await sleep(LOOK_AGAIN_MS);
    enter(place, operation, options);
  }
}

/** Is the root still the one that was seen before? Then all that was read since is of that root. Always, where folders hold many. */
export function standsStill(place: Place, before: string | undefined): boolean {
  if (place.one === undefined) return true;
  if (standingRoot(place)?.root !== before) return false;
  // None stands: for good only if none is on its way, and none has just come.
  return (
    before !== undefined || (!isBeingReplaced(place) && standingRoot(place) === undefined && !isBeingReplaced(place))
  );
}

/**
 * Takes to its end what a process began that is gone, and waits for one that lives.
 *
 * @param own a claim that stands already; without it one is made where it is needed
 * @throws TargetError; the error of the system if there is something to do, and it cannot be done
 */
export async function settleSwap(place: Place, operation: TargetOperation, own?: StagingClaim): Promise<void> {
  if (!isBeingReplaced(place)) return;
  const options = { host: place.means.host, heartbeatMs: place.means.heartbeatMs, onStep: place.onStep };
  let claim = own;
  let refusal: unknown;
  try {
    // Where nothing can be written, there may still be one who lives to wait for.
    claim ??= await claimStaging(stagingPath(place), options).catch((error: unknown) => {
      refusal = error;
      return undefined;
    });
    await settle(place, operation, claim, refusal);
  } finally {
    if (claim !== undefined && claim !== own) await releaseClaim(place, claim);
  }
}

async function settle(
  place: Place,
  operation: TargetOperation,
  claim: StagingClaim | undefined,
  refusal: unknown,
): Promise<void> {
  const paths = swapUnderWay(place);
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    const owner = ownerOfSwap(paths);
    if (owner === undefined && !isThere(paths.folder)) return;
    const dead = owner !== undefined && (await hasEnded(stagingPath(place), owner, claim, { host: place.means.host }));
    if (dead && claim === undefined) throw refusal;
    if (dead && claim !== undefined && (await takeOver(place, owner, claim, paths))) {
      const plan = readPlan(paths);
      if (plan === undefined) throw planDamaged(place, operation);
      await finishSwap({ place, claim, plan, operation });
      return;
    }
    if (waitedMs >= WAIT_MS) throw unfinished(place, operation);
    await sleep(LOOK_AGAIN_MS);
  }
}

/** Of several who try, one gets it. */
async function takeOver(place: Place, owner: string, claim: StagingClaim, paths: SwapPaths): Promise<boolean> {
  const before = ownerFolder(paths, { path: join(stagingPath(place), owner) });
  try {
    place.onStep?.({ kind: 'rename', path: ownerFolder(paths, claim) });
    await rename(before, ownerFolder(paths, claim));
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function unfinished(place: Place, operation: TargetOperation): Error {
  return fault(place, 'UNAVAILABLE', 'one snapshot is just taking the place of another one', operation, undefined, {
    hint: 'Try again; if no other program is writing there, look at what stands in .holdfast/swap of the folder.',
  });
}
