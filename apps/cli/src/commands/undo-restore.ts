import { displayName, stateDirectory, type UndoableRestore, type UndoQuestion, undoRestore } from '@holdfast/core';
import type { CommandResult } from '../render/output.js';
import { numberText } from '../render/quantities.js';
import { undoCounts, undoneLines, undoneMembers, whatItUndoes } from '../render/summary/undo-summary.js';
import { statusOf } from '../run-command.js';
import type { Session } from '../session.js';
import { requireYes } from './require-yes.js';

/** Takes back a restore, or the undo of one: shows what that changes, and asks. */
export async function undoOfRestore(
  session: Session,
  planned: UndoableRestore,
  { yes, dryRun }: { readonly yes: boolean; readonly dryRun: boolean },
): Promise<CommandResult> {
  const { signal, output } = session;
  if (!dryRun)
    session.whenStopped(() => 'What was put back whole is in its place; the same command goes on from there.');
  const summary = await undoRestore({
    stateDirectory: stateDirectory(),
    planned,
    dryRun,
    confirm: (question) => confirmUndo(session, question, yes),
    signal,
    onEvent: output.onEvent,
  });
  return {
    exitStatus: statusOf(summary.problemCount),
    lines: undoneLines(summary, output.colours),
    members: undoneMembers(summary),
    trouble: summary,
  };
}

/** @throws CliError `NOT_CONFIRMED`. */
async function confirmUndo(session: Session, question: UndoQuestion, yes: boolean): Promise<void> {
  const { planned, changedSince, firstChanged } = question;
  const { output } = session;
  output.remark(`${whatItUndoes(planned)}; ${undoCounts(question)} in`);
  for (const place of planned.places) output.remark(`  ${displayName(place)}`);
  if (changedSince > 0) {
    output.remark('Changed since, and kept as it is now for an undo of this undo:');
    for (const path of firstChanged) output.remark(`  ${displayName(path)}`);
    if (changedSince > firstChanged.length)
      output.remark(`  and ${numberText(changedSince - firstChanged.length)} more`);
  }
  await requireYes(session, yes, [], 'Undo?', 'See what it would do with --dry-run; then add --yes.');
}
