import { HoldfastError, throwIfAborted } from '../../holdfast-error.js';
import {
  deleteTombstones,
  deleteUndone,
  isPruned,
  readItem,
  readTombstone,
  unmarkPruned,
  writeTombstone,
  writeUndone,
} from '../../plain/index.js';
import { type BackupTarget, type CallOptions, isTargetError } from '../../target/index.js';
import { labelsOf } from '../labels.js';
import { type Clock, type OperationOptions, systemClock } from '../options.js';
import { assertCanRemove } from '../own-objects.js';
import { stoppable } from '../stoppable.js';
import { newestRemoval, removalOf, stateWithout, type UndoableRemoval } from './undoable-removal.js';

export interface UndoRemovalOptions extends OperationOptions {
  readonly target: BackupTarget;
  /** A removed snapshot, as {@link removalOf} finds it; the newest removal, or its undo, where it is left out. */
  readonly which?: string | undefined;
  /** What {@link newestRemoval} or {@link removalOf} has said, and somebody has agreed to: that is done, and nothing else. */
  readonly planned?: UndoableRemoval | undefined;
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
 * Takes back the newest removal in a target: all that was removed together is there again; or the one snapshot that is named, whenever it was
 * removed. Called again, while nothing else has been done there, it removes them again.
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
  const { which, planned } = options;
  const newest =
    planned ??
    (which === undefined ? await newestRemoval(target, { signal }) : await removalOf(target, which, { signal }));
  if (newest === undefined) throw nothing(`nothing was removed from ${target.url} that could be brought back`);
  const { action, at, removal, ids } = newest;
  const labels = labelsOf(clock.now(), options.program);
  const note = (brought: readonly string[]): Promise<void> => noteUndone(options, { ...labels, removal, ids: brought });
  // First, while the tombstones say what is still to be done: after a stop the note fits nothing, and a second run goes on.
  if (action === 'bringBack') await note(ids);
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
  if (action === 'removeAgain') await deleteUndone(target, { signal });
  else if (pruned.length > 0) await note(snapshots);
  return { action, at, snapshots, pruned, durationMs: Date.now() - startedAtMs };
}

/** Writes down what is brought back, so that it can be removed again. Nobody is kept from having it back because there is no room for that. */
async function noteUndone(
  { target, signal, onEvent }: UndoRemovalOptions,
  undone: Omit<Parameters<typeof writeUndone>[1], 'state'>,
): Promise<void> {
  try {
    const state = await stateWithout(target, undone.ids, { signal });
    await writeUndone(target, { ...undone, state }, { signal });
  } catch (error) {
    if (!isTargetError(error) || error.code === 'ABORTED') throw error;
    const message = `a second undo will not remove it again, because that could not be written down: ${error.reason}`;
    onEvent?.({ type: 'note', operation: 'undo', note: { code: 'NO_REDO', message } });
  }
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
