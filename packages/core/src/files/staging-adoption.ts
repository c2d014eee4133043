import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { StagingClaim, StagingOptions } from './staging.js';
import { CONDEMNED, UNREADY } from './staging-folder.js';
import { isDead, thisHost } from './staging-owner.js';
import { lastSignOfLife, othersIn, ownerOf, storeClock } from './staging-sweep.js';

/** How {@link adoptStaging} chooses. */
export interface AdoptStagingOptions extends StagingOptions {
  /** Is there something in this dead owner's folder that is worth taking? */
  readonly isWanted: (path: string) => boolean;
}

/**
 * Takes over what surely dead owners of this machine ({@link isDead}) left in `stagingFolder`: each wanted folder is renamed into
 * one's own claim, in one step. Of several who try, one gets it; a claimant that was wrongly taken for dead finds its folder gone
 * as a whole. What is taken goes when the claim is released, and when its owner is killed it is the claim's as everything else in it.
 *
 * Another machine's is left to the sweep: whether its process is gone can only be told by time there.
 *
 * @returns where the folders are now, in the claim.
 */
export async function adoptStaging(
  stagingFolder: string,
  claim: StagingClaim,
  options: AdoptStagingOptions,
): Promise<string[]> {
  const { host = thisHost(), isWanted, onStep } = options;
  const adopted: string[] = [];
  const names = (await othersIn(stagingFolder, claim.path)).filter(
    (name) => !name.startsWith(CONDEMNED) && !name.startsWith(UNREADY) && isWanted(join(stagingFolder, name)),
  );
  if (names.length === 0) return [];
  const storeNowMs = await storeClock(claim);
  for (const name of names) {
    const path = join(stagingFolder, name);
    const taken = join(claim.path, `${LEFT}${adopted.length + 1}`);
    try {
      const owner = await ownerOf(path);
      if (owner?.host !== host.self.host) continue;
      if (!isDead(owner, await lastSignOfLife(path), storeNowMs, host)) continue;
      onStep?.({ kind: 'rename', path: taken });
      await rename(path, taken);
      adopted.push(taken);
    } catch {
      // Another has just taken it, or swept it: then there is nothing to take over.
    }
  }
  return adopted;
}

/** Names of folders in a claim that were another's. */
export const LEFT = 'left-';
