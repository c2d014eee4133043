import { contentHistory } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { allInspectors } from '../compose/inspectors.js';
import { EXIT } from '../exit-status.js';
import type { CommandResult } from '../render/output.js';
import { historyLines, historyMembers } from '../render/summary/history-summary.js';
import { versionItems } from '../render/version-item.js';
import { type CommonFlags, statusOf } from '../run-command.js';
import type { Session } from '../session.js';
import { requireFrom } from './operands.js';

/** Options of `holdfast history`. */
export interface HistoryFlags extends CommonFlags {
  readonly from?: string;
  readonly cell?: string;
}

/** `holdfast history FILE… --from TARGET [--cell PLACE]`: every version of a file with what is in it, or what stood in a cell. */
export async function run(session: Session, patterns: readonly string[], flags: HistoryFlags): Promise<CommandResult> {
  if (patterns.length === 0) {
    throw new CliError({
      code: 'USAGE',
      message: 'history needs a file: its name, or its path from the top of the snapshots',
      hint: "For example: holdfast history attendance.xlsx --cell 'Attendance!B7'.",
    });
  }
  const from = requireFrom('history', flags.from);
  const target = await session.open(from);
  const { output, signal } = session;
  const history = await contentHistory({
    target,
    patterns,
    inspectors: await allInspectors(),
    place: flags.cell,
    signal,
    onEvent: output.onEvent,
  });
  let unseen = 0;
  for (const item of versionItems(history.found, flags, output.colours)) {
    if (output.closed) break;
    if ('unseen' in item.json) unseen++;
    await output.item(item);
  }
  const complete = statusOf(history.problemCount + history.omitted + unseen);
  return {
    exitStatus: history.found.length === 0 && complete === EXIT.done ? EXIT.failed : complete,
    lines: historyLines(history, flags.cell, unseen, output.colours),
    members: historyMembers(history, unseen),
    trouble: history,
  };
}
