import { displayName, type GuardOutcome, isHoldfastError, type RollBackSummary } from '@holdfast/core';
import { EXIT, type ExitStatus } from '../../exit-status.js';
import { CommandFailed } from '../../guard/guarded-command.js';
import type { Colours } from '../colours.js';
import type { CommandResult } from '../output.js';
import { countText, numberText } from '../quantities.js';
import { shellWord } from '../shell-word.js';

/** What is said beside the outcome. */
export interface GuardFacts {
  /** As the user calls it. */
  readonly target: string;
  readonly durationMs: number;
  readonly colours: Colours;
}

/** So many paths that could not be taken back are named. */
const MAX_NAMED = 20;

/** How a guarded run ended, with the exit status of the command wherever that says enough. */
export function guardResult(outcome: GuardOutcome, facts: GuardFacts): CommandResult {
  const { snapshotId } = outcome;
  const members = { snapshotId, target: facts.target, durationMs: Math.round(facts.durationMs) };
  if (outcome.how === 'succeeded') {
    const lines = outcome.isSnapshotKept ? [`Kept snapshot ${snapshotId} in ${displayName(facts.target)}`] : [];
    const kept = { snapshotKept: outcome.isSnapshotKept };
    return { exitStatus: EXIT.done, lines, members: { outcome: 'succeeded', ...members, ...kept, commandStatus: 0 } };
  }
  const command = commandMembers(outcome.error);
  const exitStatus = statusOf(outcome.error);
  if (outcome.how === 'kept') {
    return {
      exitStatus,
      lines: keptLines(snapshotId, facts),
      members: { outcome: 'kept', ...members, snapshotKept: true, ...command },
    };
  }
  const { rollBack } = outcome;
  if (rollBack === undefined) throw new TypeError('a roll back that never began is told as an error');
  const neverRan = outcome.error instanceof CommandFailed && outcome.error.neverRan;
  const isSnapshotKept = outcome.how === 'notRolledBack' || outcome.isSnapshotKept;
  const told = rolledBackResult(snapshotId, rollBack, { ...facts, isSnapshotKept });
  return {
    ...told,
    lines: neverRan && rollBack.isRolledBack ? ['Nothing was run, and nothing was changed.'] : told.lines,
    exitStatus: rollBack.isRolledBack ? exitStatus : EXIT.notGuarded,
    members: { ...told.members, ...command },
  };
}

/** What a roll back has done. */
export function rolledBackResult(
  snapshotId: string,
  done: RollBackSummary,
  { isSnapshotKept, colours, target, durationMs }: GuardFacts & { readonly isSnapshotKept: boolean },
): CommandResult {
  const { isRolledBack, restored, uncoveredCount } = done;
  const counts = `${countText(restored.restoredFiles, 'file')} given back, ${countText(restored.deleted, 'item')} deleted`;
  const lines = isRolledBack
    ? [`Rolled back: everything that snapshot ${snapshotId} covers is as it was (${counts})`]
    : [
        colours.yellow(`Not rolled back: not everything is as it was (${counts})`),
        `  When that is mended: holdfast guard --roll-back ${snapshotId}`,
      ];
  if (restored.undoId !== undefined)
    lines.push('  What the command had done is kept for some time: "holdfast undo" brings it back');
  if (isRolledBack && isSnapshotKept) lines.push(`  The snapshot is kept in ${displayName(target)}`);
  return {
    exitStatus: isRolledBack ? EXIT.done : EXIT.notGuarded,
    lines: [...lines, ...uncoveredLines(done, colours)],
    members: {
      outcome: isRolledBack ? 'rolledBack' : 'notRolledBack',
      snapshotId,
      target,
      durationMs: Math.round(durationMs),
      snapshotKept: isSnapshotKept || !isRolledBack,
      restoredFiles: restored.restoredFiles,
      restoredBytes: restored.restoredBytes,
      adjusted: restored.adjusted,
      deleted: restored.deleted,
      deletedBytes: restored.deletedBytes,
      uncovered: uncoveredCount,
      ...(restored.undoId === undefined ? {} : { undoId: restored.undoId }),
    },
    trouble: done,
  };
}

function uncoveredLines({ uncovered, uncoveredCount }: RollBackSummary, colours: Colours): string[] {
  if (uncoveredCount === 0) return [];
  const named = uncovered.slice(0, MAX_NAMED).map(({ path, change }) => `  ${change.padEnd(7)}  ${displayName(path)}`);
  const more = uncoveredCount - named.length;
  return [
    colours.yellow(`${countText(uncoveredCount, 'item')} that the snapshot does not cover cannot be given back:`),
    ...named,
    ...(more > 0 ? [`  and ${numberText(more)} more`] : []),
  ];
}

function keptLines(snapshotId: string, { target }: GuardFacts): string[] {
  return [
    `What the command has changed stays for now; what was before is kept in snapshot ${snapshotId}`,
    `  all of it back:       holdfast guard --roll-back ${snapshotId}`,
    `  a part of it back:    holdfast restore ${snapshotId} PATTERN --from ${displayName(shellWord(target))}`,
    `  it is good as it is:  holdfast guard --dismiss ${snapshotId}`,
  ];
}

/** The command's own, or that of the signal that ended it; also where it was ended because its time was up. */
function statusOf(error: unknown): ExitStatus {
  const failed = isHoldfastError(error, 'TIMED_OUT') ? error.cause : error;
  if (failed instanceof CommandFailed) return failed.exitStatus;
  return isHoldfastError(error, 'TIMED_OUT') ? EXIT.timedOut : EXIT.notGuarded;
}

function commandMembers(error: unknown): Record<string, unknown> {
  const isTimedOut = isHoldfastError(error, 'TIMED_OUT');
  const failed = isTimedOut ? error.cause : error;
  return {
    commandStatus: statusOf(error),
    ...(failed instanceof CommandFailed && failed.signal !== undefined ? { commandSignal: failed.signal } : {}),
    ...(isTimedOut ? { timedOut: true } : {}),
  };
}
