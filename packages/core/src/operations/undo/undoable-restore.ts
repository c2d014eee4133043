import { HoldfastError } from '../../holdfast-error.js';
import { type FoundRecord, type KeptRecord, readRecord, readRecords, writeRecord } from '../../kept/index.js';
import { idMatches } from '../../snapshot/snapshot-id.js';

/** A restore that can be undone, or the undo of one that can be redone. */
export interface UndoableRestore {
  readonly id: string;
  /**
   * `restore`: what a restore has replaced comes back. `undo`: the last thing done was such an undo; again is redo, and what the restore had put
   * there comes back. `redo`: that again can be undone.
   */
  readonly kind: 'restore' | 'undo' | 'redo';
  /** When what would be taken back was done: ISO 8601. */
  readonly at: string;
  /** The snapshot that the restore was of. */
  readonly snapshotId: string;
  /** The url of the target that it was read from. */
  readonly target: string;
  /** The folders and files that the restore wrote to, or below. */
  readonly places: readonly string[];
  /** How many files, folders and links it has made, replaced, deleted or set. */
  readonly entries: number;
  /** The size of the files that are kept. */
  readonly bytes: number;
  /** It was interrupted: what it had come to is taken back. */
  readonly isInterrupted: boolean;
  /** An undo of it was interrupted: it goes on. */
  readonly goesOn: boolean;
}

/** What is to be undone, and the undo of it that was interrupted, if there is one. */
export interface UndoPlan {
  readonly record: KeptRecord;
  readonly begun: KeptRecord | undefined;
}

/**
 * The restores on this machine, and undos of them, that can be undone, oldest first.
 *
 * @throws the error of the system: the local state cannot be read.
 */
export function undoableRestores(stateDirectory: string): UndoableRestore[] {
  const found = readRecords(stateDirectory);
  return found.flatMap((one) => (isUndoable(one, found) ? [factsOf(one.record, begunUndo(one.record.id, found))] : []));
}

/** The newest of {@link undoableRestores}: the one whose undo was interrupted, if there is such a one. */
export function newestRestore(stateDirectory: string): UndoableRestore | undefined {
  const undoable = undoableRestores(stateDirectory);
  return undoable.findLast(({ goesOn }) => goesOn) ?? undoable.at(-1);
}

/**
 * The restore that a word means: its id in the undo, or the beginning of one or of its tail.
 *
 * @returns `undefined` where none is meant.
 * @throws HoldfastError `SNAPSHOT_AMBIGUOUS`.
 */
export function restoreNamed(stateDirectory: string, which: string): UndoableRestore | undefined {
  const [meant, ...others] = undoableRestores(stateDirectory).filter(({ id }) => idMatches(id, which));
  if (others.length === 0) return meant;
  throw new HoldfastError({
    code: 'SNAPSHOT_AMBIGUOUS',
    message: `"${which}" means ${others.length + 1} restores that can be undone`,
    hint: 'Give more of the id.',
  });
}

/** What is needed to undo it. @throws HoldfastError `NOTHING_TO_UNDO` if it is there no more. */
export function undoPlanOf(stateDirectory: string, id: string): UndoPlan {
  const found = readRecords(stateDirectory);
  const one = readRecord(stateDirectory, id);
  if (one === undefined || !isUndoable(one, found)) {
    throw new HoldfastError({
      code: 'NOTHING_TO_UNDO',
      message: `nothing is kept of ${id} that could be brought back`,
      hint: 'What can be undone is listed with `holdfast undo --list`.',
    });
  }
  return { record: one.record, begun: begunUndo(id, found) };
}

/** The undos that were interrupted. */
export function interruptedUndos(stateDirectory: string): UndoableRestore[] {
  return undoableRestores(stateDirectory).filter(({ goesOn }) => goesOn);
}

/**
 * What restores and undos that were interrupted have left is meant to stay: none of them goes on. They can be undone as any other.
 *
 * @returns the undos that are announced no more.
 * @throws the error of the system: the local state cannot be changed.
 */
export async function dismissUndos(stateDirectory: string): Promise<UndoableRestore[]> {
  const dismissed = interruptedUndos(stateDirectory);
  for (const { record, isRunning } of readRecords(stateDirectory)) {
    if (isRunning || record.isFinished || record.segments.length === 0) continue;
    const { owner: _, ...rest } = record;
    await writeRecord(stateDirectory, { ...rest, isFinished: true });
  }
  return dismissed;
}

function isUndoable({ record, isRunning }: FoundRecord, all: readonly FoundRecord[]): boolean {
  if (isRunning || record.segments.length === 0) return false;
  // An undo that was interrupted is no thing to undo before it has come to its end; what it has taken back is none any more.
  if (record.undoes !== undefined && !record.isFinished) return false;
  return !all.some((other) => other.record.undoes === record.id && (other.record.isFinished || other.isRunning));
}

function begunUndo(id: string, all: readonly FoundRecord[]): KeptRecord | undefined {
  return all.findLast(
    ({ record, isRunning }) => record.undoes === id && record.segments.length > 0 && !record.isFinished && !isRunning,
  )?.record;
}

function factsOf(record: KeptRecord, begun: KeptRecord | undefined): UndoableRestore {
  const { id, at, job, segments, undoes, isRedo = false, isFinished } = record;
  const { snapshotId, target, places } = job;
  return {
    id,
    kind: undoes === undefined ? 'restore' : isRedo ? 'redo' : 'undo',
    at,
    snapshotId,
    target,
    places,
    entries: segments.reduce((sum, { items }) => sum + items, 0),
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    isInterrupted: !isFinished,
    goesOn: begun !== undefined,
  };
}
