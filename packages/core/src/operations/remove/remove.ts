import { randomBytes } from 'node:crypto';
import { HoldfastError, isHoldfastError, throwIfAborted } from '../../holdfast-error.js';
import { deleteUndone, isPruned, unmarkPruned, writeTombstone } from '../../plain/index.js';
import { idMatches, isSafeId } from '../../snapshot/snapshot-id.js';
import type { BackupTarget, CallOptions } from '../../target/index.js';
import { labelsOf } from '../labels.js';
import { type Clock, type OperationOptions, systemClock } from '../options.js';
import { assertCanRemove, type RemovableSnapshot, removableSnapshots } from '../own-objects.js';
import { findSnapshot } from '../select.js';
import { stoppable } from '../stoppable.js';

export interface FindRemovableOptions extends CallOptions {
  readonly target: BackupTarget;
  /** For each an id, the beginning of an id or of its tail, a name, or `latest`. None is meant by being left out. */
  readonly which: readonly string[];
}

/**
 * The snapshots that are meant, each once, oldest first; also damaged ones, by their ids.
 *
 * @throws HoldfastError `SNAPSHOT_NOT_FOUND`, `SNAPSHOT_REMOVED`, `SNAPSHOT_AMBIGUOUS`, `NOT_A_TARGET`, `FORMAT_UNSUPPORTED`;
 *   TargetError `UNSUPPORTED` where nothing can be removed.
 */
export async function findRemovable(options: FindRemovableOptions): Promise<readonly RemovableSnapshot[]> {
  const { target, which, signal } = options;
  await assertCanRemove(target, { signal });
  const there: RemovableSnapshot[] = [];
  for await (const snapshot of removableSnapshots(target, { signal })) there.push(snapshot);
  const ids = new Set<string>();
  for (const word of which) ids.add(await idOf(target, word, there, signal));
  return there.filter(({ id }) => ids.has(id));
}

/** A whole snapshot in any of the ways in which one is named; one that cannot be read by its id. */
async function idOf(
  target: BackupTarget,
  which: string,
  there: readonly RemovableSnapshot[],
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    return (await findSnapshot({ target, which, signal })).id;
  } catch (error) {
    const unreadable = isHoldfastError(error, 'SNAPSHOT_DAMAGED') || isHoldfastError(error, 'FORMAT_UNSUPPORTED');
    const [meant, ...others] = there.filter(({ id }) => idMatches(id, which));
    if (!unreadable || meant === undefined) throw error;
    if (others.length === 0 && isSafeId(meant.id)) return meant.id;
    throw new HoldfastError({
      code: 'SNAPSHOT_AMBIGUOUS',
      message: `"${which}" does not mean one snapshot in ${target.url}`,
      hint: 'Give more of the id.',
    });
  }
}

export interface RemoveOptions extends OperationOptions {
  readonly target: BackupTarget;
  /** What {@link findRemovable} has found. */
  readonly snapshots: readonly RemovableSnapshot[];
  readonly clock?: Clock | undefined;
  readonly random?: ((size: number) => Uint8Array) | undefined;
  /** Name and version of the program, for the tombstone. */
  readonly program?: string | undefined;
}

export interface RemoveSummary {
  readonly removedSnapshots: readonly string[];
  readonly durationMs: number;
}

const REMOVAL_BYTES = 8;

/**
 * Removes snapshots: a tombstone is put beside each, and nothing is moved or deleted. They count for nobody from then on, until
 * an `undo` brings them back, together, or a `prune` deletes them. Interrupted, those removed so far stay so.
 *
 * @throws TargetError `UNSUPPORTED` where nothing can be removed, or of a store that cannot be written; `ABORTED`.
 */
export async function remove(options: RemoveOptions): Promise<RemoveSummary> {
  return stoppable(options, removeAll);
}

async function removeAll(options: RemoveOptions): Promise<RemoveSummary> {
  const { target, snapshots, clock = systemClock, random = randomBytes, signal } = options;
  const startedAtMs = Date.now();
  await assertCanRemove(target, { signal });
  const removal = Buffer.from(random(REMOVAL_BYTES)).toString('hex');
  const labels = labelsOf(clock.now(), options.program);
  const removedSnapshots: string[] = [];
  // What an earlier undo brought back is no longer the last thing done.
  await deleteUndone(target, { signal });
  for (const { id } of snapshots) {
    throwIfAborted(signal);
    // Left by a prune that an undo was faster than, or from before a mirror copied it again: it must not forbid this removal's undo.
    if (await isPruned(target, id, { signal })) await unmarkPruned(target, [id], { signal });
    await writeTombstone(target, { id, removal, ...labels }, { signal });
    removedSnapshots.push(id);
    options.onEvent?.({ type: 'removed', snapshotId: id, target: target.url });
  }
  return { removedSnapshots, durationMs: Date.now() - startedAtMs };
}
