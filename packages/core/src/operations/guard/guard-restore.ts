import type { Problem } from '../../events/index.js';
import { errorCode, fileSystemOf } from '../../files/index.js';
import { isHoldfastError } from '../../holdfast-error.js';
import type { BackupTarget } from '../../target/index.js';
import type { OperationOptions } from '../options.js';
import { Report } from '../report.js';
import { carryOutDeletions } from '../restore/deletion-run.js';
import { ownedRestore, type RestoreSummary } from '../restore/restore.js';
import { RestoreTally } from '../restore/restore-tally.js';
import { createdSince } from './guard-deletions.js';
import type { GuardGround } from './guard-ground.js';

/** What of a restore is told of a roll back. */
export type GivenBack = Pick<
  RestoreSummary,
  'restoredFiles' | 'restoredBytes' | 'deleted' | 'deletedBytes' | 'adjusted' | 'undoId' | 'problemCount' | 'problems'
>;

/**
 * Gives everything back that the snapshot has, in place, and deletes what was not there; what it replaces is kept, for an undo. A run that
 * fails has often filled the disk: where there is no room for that, what it has created goes first, and nothing is kept.
 */
export async function giveBack(
  ground: GuardGround,
  target: BackupTarget,
  options: OperationOptions,
): Promise<GivenBack> {
  try {
    const restored = await restoreOnce(ground, target, options, true);
    if (!restored.problems.some(({ cause }) => isFull(cause))) return restored;
  } catch (error) {
    if (!isHoldfastError(error, 'NO_ROOM') && !isFull(error)) throw error;
  }
  const gone = await deleteCreated(ground, options);
  const restored = await restoreOnce(ground, target, options, false);
  const problems: readonly Problem[] = [...gone.problems, ...restored.problems];
  return {
    ...restored,
    deleted: restored.deleted + gone.deleted,
    deletedBytes: restored.deletedBytes + gone.deletedBytes,
    problems,
    problemCount: gone.problemCount + restored.problemCount,
  };
}

function restoreOnce(
  ground: GuardGround,
  target: BackupTarget,
  { signal, onEvent }: OperationOptions,
  undo: boolean,
): Promise<RestoreSummary> {
  return ownedRestore({
    target,
    which: ground.record.id,
    stateDirectory: ground.stateDirectory,
    privileged: true,
    delete: true,
    evenIncomplete: true,
    undo,
    findDeletions: (facts) => createdSince(ground, facts),
    hasOwnJournal: true,
    signal,
    onEvent,
  });
}

async function deleteCreated(
  ground: GuardGround,
  options: OperationOptions,
): Promise<Pick<GivenBack, 'deleted' | 'deletedBytes' | 'problems' | 'problemCount'>> {
  const report = new Report('restore', options);
  const tally = new RestoreTally(report);
  const { list, sources } = await createdSince(ground, { report, fileSystemOf });
  try {
    const context = {
      sources,
      dryRun: false,
      signal: ground.signal,
      tally,
      flusherAt: () => undefined,
      mayGo: () => true,
      isCleared: () => false,
    };
    await carryOutDeletions(list.inTheWay(), context);
    await carryOutDeletions(list.others(), context);
  } finally {
    await list.close();
  }
  const { deleted, deletedBytes } = tally.counts;
  return { deleted, deletedBytes, ...report.trouble };
}

/** No room, or no more of it for this user; the error of the system may lie below others. */
function isFull(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    const code = errorCode(current);
    if (code === 'ENOSPC' || code === 'EDQUOT') return true;
  }
  return false;
}
