import { lstat } from 'node:fs/promises';
import { claimStaging, removeEmptyFolders, type StagingClaim, sweepResidue } from '@holdfast/core/files';
import type { Residue, SweepOptions } from '@holdfast/core/target';
import { asTargetError } from './errors.js';
import { enter, ownFolders, type Place } from './place.js';

/** Tells of unfinished archives, and removes those whose writers are surely gone. Archives appear as a whole, so there are no roots without a record. */
export async function* sweep(place: Place, options: SweepOptions = {}): AsyncGenerator<Residue> {
  enter(place, 'sweep', options);
  const { own, staging } = ownFolders(place);
  const { host } = place.means;
  let claim: StagingClaim | undefined;
  try {
    // A look must not make a folder.
    if ((await lstat(staging).catch(() => undefined))?.isDirectory() !== true) return;
    // On a full disk no clock can be read, and fewer are surely dead.
    claim = await claimStaging(staging, { host, onStep: place.onStep }).catch(() => undefined);
    for await (const { name, sizeBytes, state } of sweepResidue(staging, claim, { host, dryRun: options.dryRun })) {
      yield { kind: 'batch', name, sizeBytes, state };
      enter(place, 'sweep', options);
    }
  } catch (error) {
    throw asTargetError(error, { url: place.url, operation: 'sweep' });
  } finally {
    await claim?.release();
    await removeEmptyFolders([staging, own]);
  }
}
