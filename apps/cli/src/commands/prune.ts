import {
  type ClearedUndo,
  clearUndo,
  type HoldfastEvent,
  type PruneSummary,
  prune,
  stateDirectory,
  systemClock,
} from '@holdfast/core';
import type { CommandResult } from '../render/output.js';
import { clearedUndoLines, isIdle, pruneLines, pruneMembers } from '../render/summary/prune-summary.js';
import { type CommonFlags, statusOf } from '../run-command.js';
import type { Session } from '../session.js';
import { assertAtMost, requireFrom } from './operands.js';
import { requireYes } from './require-yes.js';

/** Options of `holdfast prune`. */
export interface PruneFlags extends CommonFlags {
  readonly from?: string;
  readonly dryRun?: true;
  readonly now?: true;
  readonly yes?: true;
}

/** `holdfast prune --from TARGET`: says what would be freed, asks, and frees it. */
export async function run(session: Session, operands: readonly string[], flags: PruneFlags): Promise<CommandResult> {
  assertAtMost('prune', operands, 0);
  const from = requireFrom('prune', flags.from);
  const target = await session.open(from);
  const { output, signal } = session;
  const common = { target, signal, now: flags.now === true };
  // What is too old goes by itself with the next restore or undo: no question is asked of it.
  const cleared = await clearOldUndo(flags.dryRun === true);
  const resultOf = (summary: PruneSummary): CommandResult => ({
    exitStatus: statusOf(summary.problemCount),
    lines: [...pruneLines(summary, from, output.colours), ...clearedUndoLines(cleared, summary.dryRun)],
    members: { ...pruneMembers(summary), clearedUndo: cleared },
    trouble: summary,
  });

  const seen: HoldfastEvent[] = [];
  const plan = await prune({ ...common, dryRun: true, onEvent: (event) => void seen.push(event) });
  if (flags.dryRun === true || isIdle(plan)) {
    for (const event of seen) output.onEvent(event);
    return resultOf(plan);
  }
  await requireYes(session, flags.yes === true, pruneLines(plan, from, output.colours), 'Delete this for good?');
  session.whenStopped(
    () => 'What is deleted is deleted, everything else is whole; the same command goes on from there.',
  );
  return resultOf(await prune({ ...common, onEvent: output.onEvent }));
}

/** A state that cannot be used keeps nobody from pruning a target. */
async function clearOldUndo(dryRun: boolean): Promise<readonly ClearedUndo[]> {
  try {
    return await clearUndo({ stateDirectory: stateDirectory(), clock: systemClock, dryRun });
  } catch {
    return [];
  }
}
