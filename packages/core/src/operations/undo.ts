import { HoldfastError, throwIfAborted } from '../holdfast-error.js';
import {
  deleteTombstones,
  deleteUndone,
  isPruned,
  readItem,
  readTombstone,
  readTrash,
  readUndone,
  type Tombstone,
  unmarkPruned,
  writeTombstone,
  writeUndone,
} from '../plain/index.js';
import type { BackupTarget, CallOptions } from '../target/index.js';
import { labelsOf } from './labels.js';
import { type Clock, type OperationOptions, systemClock } from './options.js';
import { assertCanRemove } from './own-objects.js';
import { stoppable } from './stoppable.js';

/** What an undo in a target would do now. */
export interface UndoableRemoval {
  /** `bringBack`: take back the newest removal. `removeAgain`: the last thing done there was such an undo; again is redo. */
  readonly action: 'bringBack' | 'removeAgain';
  /** When the removal, or its undo, was done: ISO 8601. What is newest of all that can be undone is decided by it. */
  readonly at: string;
  readonly removal: string;
  readonly ids: readonly string[];
}

/** The newest removal in a target, or its undo; `undefined` where there is none. */
export async function newestRemoval(target: BackupTarget, options: CallOptions): Promise<UndoableRemoval | undefined> {
  if (target.capabilities.ownObjects !== true) return undefined;
  // A removal takes the note of an earlier undo away: while it is there, the undo was the last thing done. No clock is asked.
  const undone = await readUndone(target, options);
  if (undone !== undefined) return { action: 'removeAgain', at: undone.at, removal: undone.removal, ids: undone.ids };
  let newest: Tombstone | undefined;
  const trash = await readTrash(target, options);
  for (const item of trash.values()) {
    if (item.status === 'removed' && (newest === undefined || isLater(item.tombstone, newest))) newest = item.tombstone;
  }
  if (newest === undefined) return undefined;
  const { removal, at } = newest;
  const ids = [...trash].filter(([, item]) => item.status === 'removed' && item.tombstone.removal === removal);
  return { action: 'bringBack', at, removal, ids: ids.map(([id]) => id) };
}

function isLater(left: Tombstone, right: Tombstone): boolean {
  const difference = Date.parse(left.at) - Date.parse(right.at);
  return difference !== 0 ? difference > 0 : left.removal > right.removal;
}

export interface UndoRemovalOptions extends OperationOptions {
  readonly target: BackupTarget;
  readonly clock?: Clock | undefined;
  readonly program?: string | undefined;
}

export interface UndoSummary {
  readonly action: UndoableRemoval['action'];
  /** When what was undone had been done. */
  readonly at: string;
  /** Brought back, or removed again. */
  readonly snapshots: readonly string[];
  /** Cannot be brought back: a prune has begun to delete them. */
  readonly pruned: readonly string[];
  readonly durationMs: number;
}

/**
 * Takes back the newest removal in a target: all that was removed together is there again. Called again it removes them again.
 *
 * A prune announces each snapshot before it looks for its tombstone a last time; this deletes the tombstone, and then looks for
 * the announcement. One of the two sees the other: what is said to be back is never deleted.
 *
 * @throws HoldfastError `NOTHING_TO_UNDO` if nothing was removed, or all of it has been pruned; TargetError; `ABORTED`.
 */
export async function undoRemoval(options: UndoRemovalOptions): Promise<UndoSummary> {
  return stoppable(options, undoNewest);
}

async function undoNewest(options: UndoRemovalOptions): Promise<UndoSummary> {
  const { target, signal, clock = systemClock } = options;
  const startedAtMs = Date.now();
  await assertCanRemove(target, { signal });
  const newest = await newestRemoval(target, { signal });
  if (newest === undefined) throw nothing(`nothing was removed from ${target.url} that could be brought back`);
  const { action, at, removal, ids } = newest;
  const labels = labelsOf(clock.now(), options.program);
  const snapshots: string[] = [];
  const pruned: string[] = [];
  for (const id of ids) {
    throwIfAborted(signal);
    const done =
      action === 'bringBack'
        ? await bringBack(target, id, { signal })
        : await removeAgain(target, { ...labels, id, removal }, { signal });
    (done ? snapshots : pruned).push(id);
    if (done)
      options.onEvent?.({
        type: action === 'bringBack' ? 'broughtBack' : 'removed',
        snapshotId: id,
        target: target.url,
      });
  }
  if (snapshots.length === 0) {
    throw nothing(`it is too late: what was removed last from ${target.url} is deleted, or being deleted, by a prune`);
  }
  // Last: until it is there the tombstones say what was done, and a second run goes on.
  if (action === 'bringBack') await writeUndone(target, { ...labels, removal, ids: snapshots }, { signal });
  else await deleteUndone(target, { signal });
  return { action, at, snapshots, pruned, durationMs: Date.now() - startedAtMs };
}

async function bringBack(target: BackupTarget, id: string, options: CallOptions): Promise<boolean> {
  if (await isPruned(target, id, options)) return false;
  const tombstone = await readTombstone(target, id, options);
  const item = await readItem(target, `${id}/`, options);
  if (tombstone?.status !== 'removed' || item.status === 'none') return false;
  await deleteTombstones(target, [id], options);
  if (!(await isPruned(target, id, options))) return true;
  // A prune may have seen the tombstone: half of a snapshot must never be left without one.
  await writeTombstone(target, tombstone.tombstone, options);
  return false;
}

async function removeAgain(
  target: BackupTarget,
  tombstone: Parameters<typeof writeTombstone>[1],
  options: CallOptions,
): Promise<boolean> {
  const item = await readItem(target, `${tombstone.id}/`, options);
  if (item.status === 'none') return false;
  // Left by a prune that was killed right after the undo was faster: it must not forbid the next one.
  if (await isPruned(target, tombstone.id, options)) await unmarkPruned(target, [tombstone.id], options);
  await writeTombstone(target, tombstone, options);
  return true;
}

function nothing(message: string): HoldfastError {
  return new HoldfastError({
    code: 'NOTHING_TO_UNDO',
    message,
    hint: 'The snapshots that were removed and can be brought back can be listed.',
  });
}
