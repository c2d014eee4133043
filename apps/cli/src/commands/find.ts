import { findPaths } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-status.js';
import { foundItems } from '../render/found-item.js';
import type { CommandResult } from '../render/output.js';
import { findLines, findMembers } from '../render/summary/find-summary.js';
import { type CommonFlags, statusOf } from '../run-command.js';
import type { Session } from '../session.js';
import { requireFrom } from './operands.js';

/** Options of `holdfast find`. */
export interface FindFlags extends CommonFlags {
  readonly from?: string;
}

/** `holdfast find PATTERN... --from TARGET`: where a file is, and which versions of it there are. */
export async function run(session: Session, patterns: readonly string[], flags: FindFlags): Promise<CommandResult> {
  if (patterns.length === 0) {
    throw new CliError({
      code: 'USAGE',
      message: 'find needs a pattern: a name, or a path from the top of the snapshots',
      hint: 'For example: holdfast find "*.xlsx" --from ./backups',
    });
  }
  const from = requireFrom('find', flags.from);
  const target = await session.open(from);
  const { output } = session;
  const summary = await findPaths({ target, patterns, signal: session.signal, onEvent: output.onEvent });
  for (const item of foundItems(summary.found, output.colours)) {
    if (output.closed) break;
    await output.item(item);
  }
  const complete = statusOf(summary.problemCount + summary.omitted);
  return {
    exitStatus: summary.found.length === 0 && complete === EXIT.done ? EXIT.failed : complete,
    lines: findLines(summary, output.colours),
    members: findMembers(summary),
    trouble: summary,
  };
}
