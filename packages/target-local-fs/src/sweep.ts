import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  claimStaging,
  removeEmptyFolders,
  type StagedResidue,
  type StagingClaim,
  sweepResidue,
} from '@holdfast/core/files';
import type { Residue, SweepOptions } from '@holdfast/core/target';
import { refuseLinks } from './begin.js';
import { asTargetError } from './errors.js';
import { enter, type Place, stagingPath } from './place.js';
import { releaseClaim } from './release-claim.js';

/** Tells of what batches have staged and left, and removes it. Roots appear by one rename, so there are none without a record. */
export async function* sweep(place: Place, options: SweepOptions = {}): AsyncGenerator<Residue> {
  enter(place, 'sweep', options);
  const staging = stagingPath(place);
  const { host } = place.means;
  let claim: StagingClaim | undefined;
  try {
    refuseLinks(place, 'sweep');
    // Nothing was ever staged, or all of it was tidied up: a look must not make a folder.
    if (lstatSync(staging, { throwIfNoEntry: false }) === undefined) return;
    claim = await claimStaging(staging, { host, onStep: place.onStep }).catch(withoutClaim);
    for await (const residue of sweepResidue(staging, claim, { host, dryRun: options.dryRun })) {
      yield residueOf(residue);
      enter(place, 'sweep', options);
    }
  } catch (error) {
    throw asTargetError(error, { url: place.url, operation: 'sweep' });
  } finally {
    if (claim === undefined) await removeEmptyFolders([staging, dirname(staging)]);
    else await releaseClaim(place, claim);
  }
}

/** On a full disk, or where nothing may be written: then no clock is read, and fewer are surely dead. */
function withoutClaim(): undefined {
  return undefined;
}

function residueOf({ name, sizeBytes, state }: StagedResidue): Residue {
  return { kind: 'batch', name, sizeBytes, state };
}
