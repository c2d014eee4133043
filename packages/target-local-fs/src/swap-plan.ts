import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { errorCode, type StagingClaim } from '@holdfast/core/files';
import { checkedRoot, readMark, type StandingRoot } from './one-root.js';
import { folded, MARK_KEY, OWN_KEY, type Place, SWAP_KEY } from './place.js';

/** One root that takes the place of another one, or of none; or nothing that takes its place: a removal. */
export interface SwapPlan {
  readonly from: StandingRoot | undefined;
  readonly to: StandingRoot | undefined;
  /** Files that are nobody's, and in the way of `to`, go with `from`. */
  readonly force: boolean;
}

/** Where a swap has everything. It is staged as a whole, appears by one rename, and goes by one. */
export interface SwapPaths {
  readonly folder: string;
  readonly plan: string;
  /** The mark of the new root; it comes last. */
  readonly mark: string;
  /** What is still to come up. */
  readonly next: string;
  /** What has gone from its place. */
  readonly previous: string;
  /** The mark of the old root; it goes first. */
  readonly previousMark: string;
}

const BY = 'by-';

export function swapPaths(folder: string): SwapPaths {
  const at = (name: string): string => join(folder, name);
  return {
    folder,
    plan: at('plan.json'),
    mark: at('mark.json'),
    next: at('next'),
    previous: at('previous'),
    previousMark: at('previous-mark.json'),
  };
}

/** Those of the swap that is under way in the folder, if one is. */
export function swapUnderWay(place: Pick<Place, 'root'>): SwapPaths {
  return swapPaths(join(place.root, SWAP_KEY));
}

/** The mark of the root that stands. */
export function markPath(place: Pick<Place, 'root'>): string {
  return join(place.root, MARK_KEY);
}

/** The folder in a swap whose name says whose it is. A name can be given only once: so a swap is taken over by one. */
export function ownerFolder(paths: SwapPaths, claim: Pick<StagingClaim, 'path'>): string {
  return join(paths.folder, BY + basename(claim.path));
}

/** The claim that the swap belongs to: the name of a folder in staging; `undefined` where there is no swap. */
export function ownerOfSwap(paths: SwapPaths): string | undefined {
  try {
    return readdirSync(paths.folder)
      .find((name) => name.startsWith(BY))
      ?.slice(BY.length);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** What is planned; `undefined` where what is written there cannot be understood. @throws the error of the system */
export function readPlan(paths: SwapPaths): SwapPlan | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(paths.plan, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const [from, to] = [partOf(value, 'from'), partOf(value, 'to')];
  if (from === 'damaged' || to === 'damaged' || (from ?? to) === undefined) return undefined;
  return { from, to, force: 'force' in value && value.force === true };
}

function partOf(plan: object, name: 'from' | 'to'): StandingRoot | undefined | 'damaged' {
  const given: unknown = Reflect.get(plan, name);
  return given === undefined ? undefined : (checkedRoot(given) ?? 'damaged');
}

/** The pieces that a staged tree consists of, those of our own folder by themselves. */
export function piecesIn(place: Pick<Place, 'fileSystem'>, tree: string): string[] {
  return readdirSync(tree).flatMap((name) =>
    folded(place, name) === OWN_KEY ? readdirSync(join(tree, name)).map((inner) => `${OWN_KEY}/${inner}`) : [name],
  );
}

/** Does the swap still fit what stands? The plan was made when `from` stood, and others may have come since. */
export function fits(place: Pick<Place, 'root'>, paths: SwapPaths, { from, to }: SwapPlan): boolean {
  const standing = readMark(markPath(place))?.root;
  if (standing !== undefined) return standing === to?.root || standing === from?.root;
  return from === undefined || isThere(paths.previousMark);
}

/** Does something stand at the path? What lies behind a file is not there. @throws any other error of the system */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR') return false;
    throw error;
  }
}
