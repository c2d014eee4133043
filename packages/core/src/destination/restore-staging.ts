import { lstatSync, realpathSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { claimStaging, type StagingClaim, sweepStaging } from '../files/index.js';
import { RESTORE_STAGING_FOLDER } from '../snapshot/index.js';
import { FolderHandle, NotAFolder } from './folder-handle.js';

/** A folder of a restore's own, inside its destination. */
export interface RestoreStaging {
  readonly folder: FolderHandle;
  /** Removes it with all that is in it; nothing the second time. */
  release(): Promise<void>;
}

/**
 * Claims a staging folder in the destination, and sweeps what killed restores left there.
 *
 * @param into real path of the destination.
 * @throws {@link NotAFolder} if a link or a file has the name of the staging folder: nothing is written through it; the
 *   error of the system.
 */
export async function claimRestoreStaging(into: string): Promise<RestoreStaging> {
  const place = join(into, RESTORE_STAGING_FOLDER);
  const seen = lstatSync(place, { throwIfNoEntry: false });
  if (seen !== undefined && !seen.isDirectory()) throw new NotAFolder(`"${RESTORE_STAGING_FOLDER}" there is no folder`);
  const claim = await claimStaging(place);
  try {
    if (realpathSync.native(claim.path) !== join(place, basename(claim.path)))
      throw new NotAFolder(`"${RESTORE_STAGING_FOLDER}" there leads elsewhere`);
    await sweepStaging(place, claim);
    const folder = FolderHandle.open(claim.path);
    let released = false;
    return {
      folder,
      async release() {
        if (released) return;
        released = true;
        folder.close();
        await releaseClaim(place, claim);
      },
    };
  } catch (error) {
    await releaseClaim(place, claim);
    throw error;
  }
}

/**
 * Removes what killed restores left in a folder, unless somebody may still be at work there.
 *
 * @returns the path of what stays; `undefined` if there is nothing (any more).
 */
export async function clearRestoreStaging(folder: string): Promise<string | undefined> {
  const place = join(folder, RESTORE_STAGING_FOLDER);
  if (!isThere(place)) return undefined;
  // A claim tells the clock of the store, and its end takes the folder away if it is empty then.
  const staging = await claimRestoreStaging(folder).catch(() => undefined);
  await staging?.release();
  return isThere(place) ? place : undefined;
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

async function releaseClaim(place: string, claim: StagingClaim): Promise<void> {
  await claim.release();
  // Another restore may be at work in it.
  await rmdir(place).catch(() => undefined);
}
