import { opendir } from 'node:fs/promises';
import { displayName, literalPattern, restore, stateDirectory } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import type { CommandResult } from '../render/output.js';
import { restoreLines, restoreMembers } from '../render/summary/restore-summary.js';
import { type CommonFlags, statusOf } from '../run-command.js';
import type { Session } from '../session.js';
import { dismissInterrupted } from './dismiss-interrupted.js';
import { requireFrom } from './operands.js';
import { withPatternHint } from './pattern-hint.js';
import { confirmRestore } from './restore-question.js';

/** Options of `holdfast restore`. */
export interface RestoreFlags extends CommonFlags {
  readonly from?: string;
  readonly into?: string;
  readonly only?: readonly string[];
  readonly exclude?: readonly string[];
  readonly delete?: true;
  readonly evenIncomplete?: true;
  readonly dryRun?: true;
  readonly dismiss?: true;
  readonly yes?: true;
  /** False by `--no-undo`. */
  readonly undo?: boolean;
  readonly privileged?: true;
  readonly sheet?: string;
  readonly as?: string;
  readonly csvRaw?: true;
}

/** `holdfast restore [ID] [PATTERN…] --from TARGET [--into DIR]`: a snapshot, or a part of it, as files again. */
export async function run(session: Session, operands: readonly string[], flags: RestoreFlags): Promise<CommandResult> {
  if (flags.dismiss === true) return dismissInterrupted(flags);
  if (flags.sheet !== undefined || flags.as !== undefined) {
    const { restoreSheet } = await import('./restore-sheet.js');
    return restoreSheet(session, operands, flags);
  }
  const { into } = flags;
  const dryRun = flags.dryRun === true;
  const target = await session.open(requireFrom('restore', flags.from));
  refuseAlone(flags);
  const [which, ...words] = operands;
  const patterns = [...words, ...(flags.only ?? []).map((name) => `${literalPattern(name)}/**`)];
  const overwrite = flags.yes === true || (into !== undefined && !dryRun && (await mayReplace(session, into)));
  if (!dryRun) session.whenStopped(() => whatIsKept(into));
  const summary = await withPatternHint('restore', which, () =>
    restore({
      target,
      into,
      stateDirectory: stateDirectory(),
      overwrite,
      dryRun,
      delete: flags.delete === true,
      evenIncomplete: flags.evenIncomplete === true,
      exclude: flags.exclude,
      which,
      patterns,
      undo: flags.undo !== false,
      privileged: flags.privileged === true,
      confirm: (question) => confirmRestore(session, question, flags.yes === true),
      signal: session.signal,
      onEvent: session.output.onEvent,
    }),
  );
  return {
    exitStatus: statusOf(summary.problemCount),
    lines: restoreLines(summary, session.output.colours),
    members: restoreMembers(summary),
    trouble: summary,
  };
}

/** @throws CliError `USAGE` for a word that means something only beside another one. */
function refuseAlone(flags: RestoreFlags): void {
  if (flags.evenIncomplete !== true || flags.delete === true) return;
  throw new CliError({ code: 'USAGE', message: '--even-incomplete is for --delete, which is not given' });
}

function whatIsKept(into: string | undefined): string {
  const where = into === undefined ? 'in their places' : `in ${displayName(into)}`;
  return `Files that were written whole are ${where}; the same command goes on from there.`;
}

/** Asks, where there is something to replace and somebody to ask. In a script files that differ stay, and are named. */
async function mayReplace(session: Session, into: string): Promise<boolean> {
  if (await isEmpty(into)) return false;
  const question = `${displayName(into)} holds files. Replace those that differ from the snapshot?`;
  return (await session.confirm(question)) === true;
}

async function isEmpty(folder: string): Promise<boolean> {
  try {
    for await (const _entry of await opendir(folder)) return false;
  } catch {
    // Absent is empty; anything else is for the restore itself to find and name.
  }
  return true;
}
