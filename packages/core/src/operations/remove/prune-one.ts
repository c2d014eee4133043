import {
  deleteTombstones,
  holdsSnapshot,
  isPruned,
  markPruned,
  RECORD_KEY,
  type RemovalLabels,
  readTargetHeader,
  readTombstone,
  type Tombstone,
  unmarkPruned,
} from '../../plain/index.js';
import { type BackupTarget, type CallOptions, isTargetError } from '../../target/index.js';

/** The bytes that would be freed at the least. */
export async function sizeOf(target: BackupTarget, id: string, options: CallOptions): Promise<number> {
  return (await target.removeRoot(id, { ...options, record: recordOf(id), dryRun: true })).sizeBytes;
}

/**
 * Why what a tombstone names must not be deleted, nor its tombstone; `undefined` if it may. Deleted is only what a record or a manifest shows to be
 * a snapshot, or what an announcement shows to be the rest of one. Where nothing is there, the tombstone goes only if that is sure: a
 * target whose header is missing may be of another kind, in which the snapshot stands under another name.
 */
export async function rootFault(target: BackupTarget, id: string, options: CallOptions): Promise<string | undefined> {
  if (await isPruned(target, id, options)) return undefined;
  if (await holdsSnapshot(target, `${id}/`, options)) return undefined;
  for await (const _ of target.list(`${id}/`, options)) {
    return 'nothing is deleted: what stands in the place of the snapshot holds no record and no manifest';
  }
  // Throws where the medium sees that something stands there which is not its own.
  await sizeOf(target, id, options);
  if (!target.capabilities.append || (await readTargetHeader(target, options)) !== undefined) return undefined;
  return 'the tombstone is kept: there is no such snapshot, and whether this is the place it was removed from is not clear';
}

/**
 * Deletes one removed snapshot. In this order:
 *
 * 1. It is announced. From here on an undo refuses, and a mirror does not copy it again.
 * 2. The tombstone is looked for once more. An undo deletes it and then looks for the announcement: one of the two sees the other.
 * 3. The root goes; where that is no single step, its record first.
 * 4. The tombstone goes, last: whatever is interrupted is still in the trash, and never half a snapshot.
 *
 * The announcement stays. On a disk that is full to the last byte there is no room for it: then it follows the deletion, and an undo in that
 * very instant could come too late unseen.
 *
 * @returns the bytes freed at the least; `undefined` if somebody has brought it back.
 */
export async function pruneOne(
  target: BackupTarget,
  { id, removal }: Tombstone,
  labels: RemovalLabels,
  options: CallOptions,
): Promise<number | undefined> {
  const announced = await announce(target, id, labels, options);
  const item = await readTombstone(target, id, options);
  if (item?.status !== 'removed' || item.tombstone.removal !== removal) {
    if (announced === 'now') await unmarkPruned(target, [id], options);
    return undefined;
  }
  const { sizeBytes } = await target.removeRoot(id, { ...options, record: recordOf(id) });
  if (announced === 'noRoom') await announce(target, id, labels, options);
  await deleteTombstones(target, [id], options);
  return sizeBytes;
}

async function announce(
  target: BackupTarget,
  id: string,
  labels: RemovalLabels,
  options: CallOptions,
): Promise<'now' | 'before' | 'noRoom'> {
  if (await isPruned(target, id, options)) return 'before';
  try {
    await markPruned(target, id, labels, options);
    return 'now';
  } catch (error) {
    if (isTargetError(error, 'NO_SPACE')) return 'noRoom';
    throw error;
  }
}

function recordOf(id: string): string {
  return `${id}/${RECORD_KEY}`;
}
