import { diff } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { type LiveFlags, liveFiles, saysLive } from '../compose/live-files.js';
import { changeItems } from '../render/change-item.js';
import type { CommandResult } from '../render/output.js';
import { diffLines, diffMembers } from '../render/summary/diff-summary.js';
import { type CommonFlags, statusOf } from '../run-command.js';
import type { Session } from '../session.js';
import { contentComparer } from './compare-contents.js';
import { assertAtMost, requireFrom } from './operands.js';

/** Options of `holdfast diff`. */
export interface DiffFlags extends CommonFlags, LiveFlags {
  readonly from?: string;
  readonly path?: readonly string[];
  /** False for `--no-content`. */
  readonly content?: boolean;
}

/** `holdfast diff [A] [B] --from TARGET`: what differs between two snapshots, or between one and the live files. */
export async function run(session: Session, operands: readonly string[], flags: DiffFlags): Promise<CommandResult> {
  assertAtMost('diff', operands, 2);
  const from = requireFrom('diff', flags.from);
  const [before, other] = operands;
  const { output } = session;
  if (other !== undefined && saysLive(flags)) {
    throw new CliError({
      code: 'USAGE',
      message: '--source and the options that choose are for the live files, and two snapshots are named',
      hint: 'To narrow the comparison of two snapshots use --path.',
    });
  }
  const compared = await diff({
    target: await session.open(from),
    before,
    after: other ?? liveFiles(flags),
    patterns: flags.path,
    signal: session.signal,
    onEvent: output.onEvent,
  });
  try {
    const fold = flags.verbose !== true && flags.json !== true;
    const compare =
      flags.content === false
        ? undefined
        : contentComparer(compared, { verbose: flags.verbose === true, signal: session.signal });
    for await (const item of changeItems(compared.changes(), output.colours, fold, compare)) {
      if (output.closed) break;
      await output.item(item);
    }
  } finally {
    await compared.close();
  }
  return {
    exitStatus: statusOf(compared.summary.problemCount),
    lines: diffLines(compared, output.colours),
    members: diffMembers(compared),
    trouble: compared.summary,
  };
}
