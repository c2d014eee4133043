import { lstatSync, readdirSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { adoptStaging, LEFT, type StagingClaim } from '@holdfast/core/files';
import { below, type Place, stagingPath } from './place.js';
import { TREE } from './tree-layout.js';

/** What killed batches had staged, taken over into the claim of a new one. */
export interface LeftTrees {
  /** The path of what was staged under this key; `undefined` for a key of no root that was taken over, and where the way leads through anything but folders. */
  pathOf(key: string): string | undefined;
}

/**
 * Takes over the trees of these roots from dead batches of this machine, in one rename each, and those which such a batch had itself
 * taken over and not used up.
 */
export async function takeLeftTrees(
  place: Place,
  claim: StagingClaim,
  roots: readonly string[] = [],
): Promise<LeftTrees> {
  const trees = new Map<string, string>();
  const wanted = new Set(roots);
  const isWanted = (path: string): boolean =>
    holders(path).some((holder) => rootsIn(holder).some((root) => wanted.has(root)));
  const options = { host: place.means.host, onStep: place.onStep, isWanted };
  const taken = wanted.size === 0 ? [] : await adoptStaging(stagingPath(place), claim, options);
  let number = taken.length;
  for (const folder of taken) {
    for (const holder of holders(folder)) {
      number += 1;
      // One level, however often a backup is killed: a path must not grow by it.
      const path = holder === folder ? folder : await moved(holder, join(claim.path, `${LEFT}${number}`));
      for (const root of rootsIn(path)) if (wanted.has(root)) trees.set(root, join(path, TREE, root));
    }
  }
  const folders = new Map<string, boolean>();

  /** Through a link that was staged one would come to files of who knows whom. */
  function isFolder(path: string, tree: string): boolean {
    const before = folders.get(path);
    if (before !== undefined) return before;
    const above = path === tree || isFolder(path.slice(0, path.lastIndexOf('/')), tree);
    const found = above && lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    folders.set(path, found);
    return found;
  }

  return {
    pathOf(key) {
      const slash = key.indexOf('/');
      const tree = trees.get(key.slice(0, slash));
      if (slash === -1 || tree === undefined) return undefined;
      const path = below(tree, key.slice(slash + 1));
      return isFolder(path.slice(0, path.lastIndexOf('/')), tree) ? path : undefined;
    },
  };
}

/** Where it is now. A disk that is full leaves it where it is: that is as good. */
async function moved(from: string, to: string): Promise<string> {
  try {
    await rename(from, to);
    return to;
  } catch {
    return from;
  }
}

/** The folder of a batch, and those that it had taken over. */
function holders(path: string): string[] {
  return [path, ...namesIn(path).flatMap((name) => (name.startsWith(LEFT) ? [join(path, name)] : []))];
}

function rootsIn(holder: string): string[] {
  return namesIn(join(holder, TREE));
}

/** None where there is no folder, or nobody lets us look: then nothing is taken over. */
function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
