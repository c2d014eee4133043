import { verify } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { parsePercent } from '../compose/percent-word.js';
import { EXIT, type ExitStatus } from '../exit-status.js';
import type { CommandResult } from '../render/output.js';
import { verifyLines, verifyMembers } from '../render/summary/verify-summary.js';
import { type CommonFlags, statusOf } from '../run-command.js';
import type { Session } from '../session.js';
import { assertAtMost, requireFrom } from './operands.js';

/** Options of `holdfast verify`. */
export interface VerifyFlags extends CommonFlags {
  readonly from?: string;
  readonly data?: true;
  readonly sample?: string;
  readonly against?: string;
}

/** `holdfast verify [ID] --from TARGET [--data | --sample N%] [--against OTHER]`: is everything there, and is it what was stored? */
export async function run(session: Session, operands: readonly string[], flags: VerifyFlags): Promise<CommandResult> {
  assertAtMost('verify', operands, 1);
  const from = requireFrom('verify', flags.from);
  if (flags.data === true && flags.sample !== undefined) {
    throw new CliError({
      code: 'USAGE',
      message: '--data reads every file, and --sample only a part of them',
      hint: 'Give one of the two.',
    });
  }
  const sample = flags.sample === undefined ? undefined : parsePercent('--sample', flags.sample);
  const target = await session.open(from);
  const against = flags.against === undefined ? undefined : await session.open(flags.against);
  const summary = await verify({
    target,
    which: operands[0],
    data: flags.data === true,
    sample,
    against,
    signal: session.signal,
    onEvent: session.output.onEvent,
  });
  // A target without a snapshot protects nothing: a script that relies on it must hear that.
  const sound = summary.whole && summary.snapshots > 0;
  const exitStatus: ExitStatus = sound ? statusOf(summary.problemCount) : EXIT.notWhole;
  return {
    exitStatus,
    lines: verifyLines(summary, { from, against: flags.against }, session.output.colours),
    members: verifyMembers(summary),
    trouble: summary,
  };
}
