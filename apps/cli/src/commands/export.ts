import { displayName, exportSnapshot, type HoldfastEvent } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { assertNewArchive, isArchive, refuseEvenIncomplete, stands } from '../compose/backup-targets.js';
import type { CommandResult } from '../render/output.js';
import { shellWord } from '../render/shell-word.js';
import { exportLines, exportMembers } from '../render/summary/export-summary.js';
import { type CommonFlags, statusOf } from '../run-command.js';
import type { Session } from '../session.js';
import { requireFrom } from './operands.js';
import { withPatternHint } from './pattern-hint.js';

/** Options of `holdfast export`. */
export interface ExportFlags extends CommonFlags {
  readonly from?: string;
  readonly replace?: true;
  readonly evenIncomplete?: true;
}

/** `holdfast export ID FILE.zip [PATTERN…] --from TARGET`: one snapshot as one archive. */
export async function run(session: Session, operands: readonly string[], flags: ExportFlags): Promise<CommandResult> {
  const [which, file, ...patterns] = operands;
  if (file !== undefined && !isArchive(file)) {
    throw new CliError({
      code: 'USAGE',
      message: `export writes one archive, and "${file}" does not end in .zip`,
      hint: `For example: holdfast export latest ${shellWord(`${file.replace(/\/+$/, '')}.zip`)} …`,
    });
  }
  if (which === undefined || file === undefined) {
    throw new CliError({
      code: 'USAGE',
      message: 'export needs a snapshot and the name of a zip to write',
      hint: 'For example: holdfast export latest handover.zip --from ./backups.',
    });
  }
  const address = requireFrom('export', flags.from);
  const from = await session.open(address);
  const replace = flags.replace === true;
  refuseEvenIncomplete(flags);
  if (!replace) await assertNewArchive(file);
  const wholeOnly = replace && flags.evenIncomplete !== true && (await stands(file));
  const to = await session.open(file, replace ? { replace } : undefined);
  let isWritten = false;
  session.whenStopped(() =>
    isWritten
      ? `The archive is written and complete: ${displayName(file)}.`
      : 'The archive has not been written; what stood there stands there still.',
  );
  const { signal, output } = session;
  const onEvent = (event: HoldfastEvent): void => {
    if (event.type === 'committed') isWritten = true;
    output.onEvent(event);
  };
  const summary = await withPatternHint('export', which, () =>
    exportSnapshot({ from, to, which, patterns, wholeOnly, signal, onEvent }),
  );
  return {
    exitStatus: statusOf(summary.problemCount),
    lines: exportLines(summary, file, output.colours),
    members: exportMembers(summary, file),
    trouble: summary,
  };
}
