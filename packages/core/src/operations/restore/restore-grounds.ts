import { type BigIntStats, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, realPathToBe } from '../../files/index.js';
import { HoldfastError, isHoldfastError } from '../../holdfast-error.js';
import type { SnapshotRecord } from '../../snapshot/index.js';
import { liesIn, reasonOf } from '../../source/index.js';
import type { BackupTarget } from '../../target/index.js';
import { placePath, type RestorePlace } from './restore-places.js';

/** Files and folders that a restore must not write to or enter. */
export interface ProtectedPlaces {
  includes(stats: Pick<BigIntStats, 'dev' | 'ino'>): boolean;
}

/** The store that a snapshot is read from, and the local state: a snapshot may claim to have files there. */
export function protectedPlaces(target: BackupTarget, stateDirectory: string | undefined): ProtectedPlaces {
  const paths = stateDirectory === undefined ? target.localPaths : [...target.localPaths, stateDirectory];
  const identities = new Set<string>();
  for (const path of paths) {
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (stats !== undefined) identities.add(`${stats.dev}:${stats.ino}`);
  }
  return { includes: ({ dev, ino }) => identities.has(`${dev}:${ino}`) };
}

/** @throws HoldfastError `DESTINATION` if a place lies in the store that it is restored from. */
export async function refuseInsideTarget(
  places: readonly RestorePlace[],
  record: SnapshotRecord,
  target: BackupTarget,
): Promise<void> {
  for (const place of places) {
    const path = placePath(place);
    const real = await realPathToBe(path).catch((cause: unknown) => {
      throw unusable(path, cause);
    });
    const tops = place.source === undefined ? record.payload.sources.map(({ name }) => join(real, name)) : [real];
    const clash = target.localPaths.some((own) => liesIn(real, own) || tops.some((top) => liesIn(top, own)));
    if (!clash) continue;
    throw new HoldfastError({
      code: 'DESTINATION',
      message: `restoring into ${path} would write into the target ${target.url}`,
      hint: 'Restore to a place outside of it.',
    });
  }
}

/** What an error while the places were made or opened means. */
export function destinationError(places: readonly RestorePlace[], cause: unknown): unknown {
  return isHoldfastError(cause) ? cause : unusable(places.map(placePath).join(', '), cause);
}

/** What to throw when what was restored below a path could not be flushed: nothing of it is sure to outlive a power cut. */
export function notDurable(path: string): (cause: unknown) => never {
  return (cause) => {
    throw new HoldfastError({
      code: 'DESTINATION',
      message: `what was restored into ${path} may not be on the disk yet: ${reasonOf(cause)}`,
      hint: 'Look at the disk, then restore again: what is there already is compared, not fetched.',
      cause,
    });
  };
}

function unusable(path: string, cause: unknown): HoldfastError {
  return new HoldfastError({
    code: 'DESTINATION',
    message: `nothing can be restored into ${path}: ${reasonOf(cause)}`,
    hint: isFull(cause)
      ? 'Make room on that disk, then restore again: what is there already is compared, not fetched.'
      : 'Name a folder that can be made or written: --into FOLDER.',
    cause,
  });
}

function isFull(cause: unknown): boolean {
  return errorCode(cause) === 'ENOSPC' || errorCode(cause) === 'EDQUOT';
}
