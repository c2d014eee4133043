import { lstatSync, rmSync, unlinkSync } from 'node:fs';
import { openToOwner } from '../../destination/index.js';
import type { Problem } from '../../events/index.js';
import { mountPointsBelow } from '../../files/index.js';
import { HoldfastError } from '../../holdfast-error.js';
import type { PlainSnapshot } from '../../plain/index.js';
import { reasonOf } from '../../source/index.js';
import { type GuardRecord, writeGuardRun } from '../../state/index.js';
import type { BackupTarget } from '../../target/index.js';
import { openFound } from '../open-found.js';
import { MAX_KEPT_PROBLEMS, type OperationOptions, type Trouble } from '../options.js';
import { findSnapshot } from '../select.js';
import { type GuardGround, guardPlaces } from './guard-ground.js';
import { moveBack } from './guard-moved.js';
import { type GivenBack, giveBack } from './guard-restore.js';
import { settle, type Uncovered } from './guard-settling.js';
import { takeNewXattrs } from './guard-xattrs.js';

/** What a roll back works with. */
export interface RollBackContext extends OperationOptions {
  readonly record: GuardRecord;
  readonly target: BackupTarget;
  readonly stateDirectory: string;
  readonly ticket?: number | undefined;
}

/** What a roll back has done. */
export interface RollBackSummary extends Trouble {
  /** Everything that the snapshot has is as it was, and nothing is there besides. */
  readonly isRolledBack: boolean;
  readonly restored: GivenBack;
  /** What the snapshot does not have and is not as it was: how many, and the first of them. */
  readonly uncoveredCount: number;
  readonly uncovered: readonly Uncovered[];
}

/**
 * Makes the sources of a guarded run just what they were when it began: a restore in place that deletes what was not on the list of what
 * stood there. It is noted that it is under way; killed, it can be done again. At the end everything is looked at once more.
 *
 * @throws HoldfastError `NOT_ROLLED_BACK` where it cannot begin; what a restore throws.
 */
export async function rollBack(context: RollBackContext): Promise<RollBackSummary> {
  const { record, target, stateDirectory, ticket, signal, onEvent } = context;
  refuseOtherMounts(record);
  // On a disk that is full it may not be possible to write that down; then it is announced as interrupted all the same.
  await writeGuardRun(stateDirectory, { ...record, phase: 'rollingBack' }, { ticket }).catch(() => undefined);
  const leaveOut = guardPlaces(record.sources, target, stateDirectory);
  const ground: GuardGround = { record, stateDirectory, leaveOut, signal };
  const problems: Problem[] = [];
  let problemCount = 0;
  const problem = (found: Problem): void => {
    problemCount += 1;
    if (problems.length < MAX_KEPT_PROBLEMS) problems.push(found);
  };
  clearTops(record);
  const movedBack = await moveBack(ground);
  await withSnapshot(context, (snapshot) => takeNewXattrs(ground, snapshot, problem));
  const restored = await giveBack(ground, target, { signal, onEvent });
  for (const found of restored.problems) problem(found);
  problemCount += restored.problemCount - restored.problems.length;
  const uncovered: Uncovered[] = [];
  let uncoveredCount = 0;
  await settle(ground, movedBack, {
    uncovered(found) {
      uncoveredCount += 1;
      if (uncovered.length < MAX_KEPT_PROBLEMS) uncovered.push(found);
      onEvent?.({ type: 'uncovered', snapshotId: record.id, ...found });
    },
    problem(found) {
      // What could not be given back has been named already.
      if (restored.problems.some(({ path }) => path === found.path)) return;
      problem(found);
      onEvent?.({ type: 'problem', operation: 'guard', problem: found });
    },
  });
  return { isRolledBack: problemCount === 0, restored, uncoveredCount, uncovered, problemCount, problems };
}

async function withSnapshot(
  { target, record, signal }: RollBackContext,
  work: (snapshot: PlainSnapshot) => Promise<void>,
): Promise<void> {
  const found = await findSnapshot({ target, which: record.id, signal });
  const snapshot = await openFound(target, found, { signal });
  try {
    await work(snapshot);
  } finally {
    await snapshot.close();
  }
}

/** What is mounted now and was not then holds other things, of which nothing is noted; what was and is not is out of reach. */
function refuseOtherMounts({ mounts, sources }: GuardRecord): void {
  const now = mounts === undefined ? undefined : mountPointsBelow(sources.map(({ realPath }) => realPath));
  if (mounts === undefined || now === undefined) return;
  const added = now.filter((point) => !mounts.includes(point));
  const gone = mounts.filter((point) => !now.includes(point));
  if (added.length === 0 && gone.length === 0) return;
  const what = [
    ...added.map((point) => `something is mounted at ${point} now`),
    ...gone.map((point) => `what was mounted at ${point} is not any more`),
  ];
  throw new HoldfastError({
    code: 'NOT_ROLLED_BACK',
    message: `nothing was rolled back: ${what.join('; ')}`,
    hint: 'Mount and unmount so that it is as it was before the run, then roll back again.',
  });
}

/**
 * A source whose own name stands for something of another kind now makes room: what is there was not there before. A folder that its
 * mode closes by now is opened to its owner: it gets the mode that it had.
 */
function clearTops({ sources }: GuardRecord): void {
  for (const { realPath, type } of sources) {
    const standing = lstatSync(realPath, { throwIfNoEntry: false });
    if (standing === undefined) continue;
    try {
      if (type === 'directory' && !standing.isDirectory()) unlinkSync(realPath);
      if (type === 'file' && standing.isDirectory()) rmSync(realPath, { recursive: true });
      if (type === 'directory' && standing.isDirectory()) openToOwner(Buffer.from(realPath), 0o700);
    } catch (cause) {
      throw new HoldfastError({
        code: 'NOT_ROLLED_BACK',
        message: `what stands in the place of ${realPath} cannot be removed: ${reasonOf(cause)}`,
        hint: 'Remove it, then roll back again.',
        cause,
      });
    }
  }
}
