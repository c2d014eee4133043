import { opendir } from 'node:fs/promises';
import { displayName, literalPattern, restore } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import type { CommandResult } from '../render/output.js';
import { restoreLines, restoreMembers } from '../render/summary/restore-summary.js';
import { type CommonFlags, statusOf } from '../run-command.js';
import type { Session } from '../session.js';
import { requireFrom } from './operands.js';
import { withPatternHint } from './pattern-hint.js';

/** Options of `holdfast restore`. */
export interface RestoreFlags extends CommonFlags {
  readonly from?: string;
  readonly into?: string;
  readonly only?: readonly string[];
  readonly yes?: true;
  readonly privileged?: true;
}

/** `holdfast restore [ID] [PATTERN…] --from TARGET --into DIR`: a snapshot as files again. */
export async function run(session: Session, operands: readonly string[], flags: RestoreFlags): Promise<CommandResult> {
  const { into } = flags;
  if (into === undefined) {
    throw new CliError({
      code: 'NOT_AVAILABLE',
      message:
        'restore needs a folder to write into; putting files back in their place is not available in this version',
      hint: 'Say where the files go: --into ./restored.',
    });
  }
  const from = requireFrom('restore', flags.from);
  const target = await session.open(from);
  const overwrite = flags.yes === true || (await mayReplace(session, into));
  session.whenStopped(
    () => `Files that were written whole are in ${displayName(into)}; the same command goes on from there.`,
  );
  const [which, ...words] = operands;
  const patterns = [...words, ...(flags.only ?? []).map((name) => `${literalPattern(name)}/**`)];
  const summary = await withPatternHint(which, () =>
    restore({
      target,
      into,
      overwrite,
      which,
      patterns,
      privileged: flags.privileged === true,
      signal: session.signal,
      onEvent: session.output.onEvent,
    }),
  );
  return {
    exitStatus: statusOf(summary.problemCount),
    lines: restoreLines(summary, into, session.output.colours),
    members: restoreMembers(summary),
    trouble: summary,
  };
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
