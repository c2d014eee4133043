import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, renameWithRetry, type StagingClaim, syncFolders } from '@holdfast/core/files';
import type { TargetOperation } from '@holdfast/core/target';
import { syncNames } from './durable-names.js';
import { foreignNames } from './foreign-names.js';
import type { LayoutContext } from './layout.js';
import { markOf, pieceOf, type StandingRoot, standingRoot } from './one-root.js';
import { OWN_KEY, type Place, syncOptions } from './place.js';
import type { PublishTree } from './publish-root.js';
import { writeDurably } from './stage-file.js';
import { finishSwap, type Swap, takeSwapBack } from './swap.js';
import { foreignInTheWay, replacedMeanwhile } from './swap-faults.js';
import { ownerFolder, piecesIn, type SwapPaths, type SwapPlan, swapPaths, swapUnderWay } from './swap-plan.js';

/**
 * Publishes a staged tree as the content of the folder itself, in the place of what stood there when the batch began. It counts from
 * one rename on: whoever is killed after it, the next one who opens the folder goes on.
 *
 * @param from what stood when the batch began; another root that has come since is not replaced
 */
export function bySwap({ place, claim }: LayoutContext, root: string, from: StandingRoot | undefined): PublishTree {
  return async (tree, record) => {
    const pieces = piecesIn(place, tree);
    const to = { root, pieces, record: record === undefined ? undefined : pieceOf(place, record.key) };
    await swapIn(place, claim, { from, to, force: place.one?.force === true }, 'commit', tree);
  };
}

/** Swaps a tree in; without one, what stands goes, and nothing comes. */
export async function swapIn(
  place: Place,
  claim: StagingClaim,
  plan: SwapPlan,
  operation: TargetOperation,
  tree?: string,
): Promise<void> {
  const staged = swapPaths(join(claim.path, 'swap'));
  const swap: Swap = { place, claim, plan, operation };
  await stage(swap, staged, tree);
  refuseChanged(swap);
  await begin(swap, staged);
  try {
    await syncNames(place, claim, [join(place.root, OWN_KEY)]);
    await finishSwap(swap);
  } catch (error) {
    await takeSwapBack(swap).catch(() => undefined);
    throw error;
  }
}

/** Everything of the swap, durable, in the batch's own folder. */
async function stage({ place, claim, plan }: Swap, staged: SwapPaths, tree: string | undefined): Promise<void> {
  for (const folder of [staged.folder, staged.previous, ownerFolder(staged, claim)]) await mkdir(folder);
  await writeDurably(place, staged.plan, Buffer.from(JSON.stringify(plan)));
  if (plan.to !== undefined) await writeDurably(place, staged.mark, markOf(plan.to));
  if (tree === undefined) await mkdir(staged.next);
  else await renameWithRetry(tree, staged.next, { onStep: place.onStep, rename: place.means.rename });
  await syncFolders([staged.folder], syncOptions(place));
}

/** Most of what could be in the way is told before anything is visible. */
function refuseChanged({ place, plan, operation }: Swap): void {
  if (standingRoot(place)?.root !== plan.from?.root) throw replacedMeanwhile(place, operation);
  if (plan.to === undefined) return;
  const [foreign] = foreignNames(place, plan.from, plan.to);
  if (foreign !== undefined) throw foreignInTheWay(place, operation, foreign);
}

/** The one rename. The name is free but for another one's swap. */
async function begin({ place, operation }: Swap, staged: SwapPaths): Promise<void> {
  const { folder } = swapUnderWay(place);
  place.onStep?.({ kind: 'rename', path: folder });
  try {
    await rename(staged.folder, folder);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EPERM') throw error;
    throw replacedMeanwhile(place, operation);
  }
}
