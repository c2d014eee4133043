import { randomBytes } from 'node:crypto';
import { isHoldfastError } from '../../holdfast-error.js';
import { readTombstone, unmarkPruned, writeTombstone } from '../../plain/index.js';
import type { GuardRecord } from '../../state/index.js';
import type { BackupTarget, CallOptions } from '../../target/index.js';
import { catalogOf } from '../catalog-view.js';
import { labelsOf } from '../labels.js';
import { pruneOne } from '../remove/prune-one.js';

const REMOVAL_BYTES = 8;

/** How the snapshot of a guarded run is removed. */
export interface RemoveGuardedOptions extends CallOptions {
  readonly program?: string | undefined;
}

/**
 * Removes the snapshot of a guarded run, at once: it is not the user's, and nobody will want it back. Otherwise as a removal and a prune
 * do, so that whoever else works in the target sees it as they see those.
 *
 * @returns false if it is not there.
 * @throws TargetError of a store that cannot be written.
 */
export async function removeGuarded(
  target: BackupTarget,
  { id, isOwnTarget = false }: Pick<GuardRecord, 'id' | 'isOwnTarget'>,
  { program, ...options }: RemoveGuardedOptions,
): Promise<boolean> {
  const labels = labelsOf(new Date(), program);
  // A removal that was killed on its way goes on.
  if ((await readTombstone(target, id, options)) === undefined) {
    if (!(await stands(target, id, options))) return false;
    const removal = Buffer.from(randomBytes(REMOVAL_BYTES)).toString('hex');
    await writeTombstone(target, { id, removal, ...labels }, options);
  }
  const item = await readTombstone(target, id, options);
  if (item?.status !== 'removed') return false;
  await pruneOne(target, item.tombstone, labels, options);
  // No mirror could bring it back there.
  if (isOwnTarget) await unmarkPruned(target, [id], options);
  return true;
}

async function stands(target: BackupTarget, id: string, options: CallOptions): Promise<boolean> {
  try {
    for await (const item of catalogOf(target, options)) if (item.id === id && item.status !== 'none') return true;
  } catch (error) {
    // Nothing of ours is there, or not yet.
    if (!isHoldfastError(error, 'NOT_A_TARGET')) throw error;
  }
  return false;
}
