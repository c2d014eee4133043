import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { renameWithRetry, type StagingClaim, syncFolders, takeAway } from '@holdfast/core/files';
import type { TargetOperation } from '@holdfast/core/target';
import { hasPiece, readMark } from './one-root.js';
import { OWN_KEY, type Place, stagingPath, syncOptions } from './place.js';
import { foreignInTheWay, replacedMeanwhile, takenOver } from './swap-faults.js';
import { fits, isThere, markPath, ownerFolder, type SwapPaths, type SwapPlan, swapUnderWay } from './swap-plan.js';

/** A swap that is under way, and whose it is. */
export interface Swap {
  readonly place: Place;
  readonly claim: StagingClaim;
  readonly plan: SwapPlan;
  readonly operation: TargetOperation;
}

/**
 * Takes a swap to its end, from wherever it was: what is where says what has been done. The mark of the old root goes first and
 * that of the new one comes last, so that nobody sees one that is not whole; next to them the records, for who knows of no marks.
 *
 * @throws TargetError `ALREADY_EXISTS` if foreign files are in the way, or another root has come meanwhile; `ABORTED` if the swap was taken over; the error of the system.
 */
export async function finishSwap(swap: Swap): Promise<void> {
  const { place, plan } = swap;
  const paths = swapUnderWay(place);
  const own = join(place.root, OWN_KEY);
  if (!fits(place, paths, plan)) {
    await dropSwap(swap);
    throw replacedMeanwhile(place, swap.operation);
  }
  if (plan.from !== undefined && readMark(markPath(place))?.root === plan.from.root) {
    await move(swap, markPath(place), paths.previousMark);
  }
  for (const piece of recordFirst(plan.from)) {
    if (!hasComeUp(place, paths, plan, piece)) await moveOut(swap, piece);
  }
  for (const piece of plan.to?.pieces ?? []) {
    if (!isThere(join(paths.next, piece)) || !isThere(join(place.root, piece))) continue;
    if (!plan.force) throw foreignInTheWay(place, swap.operation, piece);
    await moveOut(swap, piece);
  }
  await sync(place, [place.root, own, paths.previous]);
  for (const piece of recordFirst(plan.to).reverse()) {
    if (isThere(join(paths.next, piece))) await move(swap, join(paths.next, piece), join(place.root, piece));
  }
  await sync(place, [place.root, own]);
  if (isThere(paths.mark)) await move(swap, paths.mark, markPath(place));
  await sync(place, [own]);
  await dropSwap(swap);
}

/**
 * Puts everything back where it was, in the opposite order: where it could not come to its end.
 *
 * @throws the error of the system: then the next one who opens the place takes it to its end
 */
export async function takeSwapBack(swap: Swap): Promise<void> {
  const { place, claim, plan } = swap;
  const paths = swapUnderWay(place);
  if (!isThere(ownerFolder(paths, claim))) return;
  if (plan.to !== undefined && readMark(markPath(place))?.root === plan.to.root) {
    await move(swap, markPath(place), paths.mark);
  }
  for (const piece of recordFirst(plan.to)) {
    const isUp = !isThere(join(paths.next, piece)) && isThere(join(place.root, piece));
    if (isUp) await move(swap, join(place.root, piece), join(paths.next, piece));
  }
  const back = new Set([...(plan.to?.pieces ?? []), ...recordFirst(plan.from).reverse()]);
  for (const piece of back) {
    const gone = join(paths.previous, piece);
    if (isThere(gone)) await move(swap, gone, join(place.root, piece));
  }
  if (isThere(paths.previousMark)) await move(swap, paths.previousMark, markPath(place));
  await sync(place, [place.root, join(place.root, OWN_KEY)]);
  await dropSwap(swap);
}

/** The swap goes in one step; what is in it is nobody's then. */
async function dropSwap({ place }: Swap): Promise<void> {
  const condemned = await takeAway(swapUnderWay(place).folder, stagingPath(place), { onStep: place.onStep });
  await sync(place, [join(place.root, OWN_KEY), stagingPath(place)]);
  place.onStep?.({ kind: 'remove', path: condemned });
  await rm(condemned, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

/** Has a piece of this name come up already? Then it is the new root's, whatever the old one had there. */
function hasComeUp(place: Place, paths: SwapPaths, { to }: SwapPlan, piece: string): boolean {
  return hasPiece(place, to, piece) && !isThere(join(paths.next, piece));
}

async function moveOut(swap: Swap, piece: string): Promise<void> {
  const { place } = swap;
  const from = join(place.root, piece);
  if (!isThere(from)) return;
  const to = join(swapUnderWay(place).previous, piece);
  await mkdir(dirname(to), { recursive: true });
  await move(swap, from, to);
}

async function move(swap: Swap, from: string, to: string): Promise<void> {
  const { place, claim } = swap;
  if (!isThere(ownerFolder(swapUnderWay(place), claim))) throw takenOver(place, swap.operation);
  await renameWithRetry(from, to, { onStep: place.onStep, rename: place.means.rename });
}

async function sync(place: Place, folders: readonly string[]): Promise<void> {
  await syncFolders(folders, { ...syncOptions(place), ignoreMissing: true });
}

/** The piece with the record, then the others. */
function recordFirst(root: SwapPlan['from']): string[] {
  if (root === undefined) return [];
  const { pieces, record } = root;
  return record === undefined ? [...pieces] : [record, ...pieces.filter((piece) => piece !== record)];
}
