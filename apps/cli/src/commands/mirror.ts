import { mirror } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-status.js';
import type { CommandResult } from '../render/output.js';
import { countText } from '../render/quantities.js';
import { mirrorLines, mirrorMembers } from '../render/summary/mirror-summary.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { withAdoption } from './adoption.js';
import { assertAtMost } from './operands.js';

/** Options of `holdfast mirror`. */
export interface MirrorFlags extends CommonFlags {
  readonly yes?: true;
  readonly again?: true;
}

/** `holdfast mirror FROM TO`: copies the snapshots that TO does not have. */
export async function run(session: Session, operands: readonly string[], flags: MirrorFlags): Promise<CommandResult> {
  assertAtMost('mirror', operands, 2);
  const [fromAddress, toAddress] = operands;
  if (fromAddress === undefined || toAddress === undefined) {
    throw new CliError({
      code: 'USAGE',
      message: 'mirror needs two targets: where the snapshots are, and where they shall be as well',
      hint: 'For example: holdfast mirror ./backups s3://bucket/prefix.',
    });
  }
  const from = await session.open(fromAddress);
  const to = await session.open(toAddress);
  let copied = 0;
  session.whenStopped(
    () => `${countText(copied, 'snapshot')} copied whole and kept; the same command goes on from there.`,
  );
  const summary = await withAdoption(session, flags.yes === true, (adoptPlace) =>
    mirror({
      from,
      to,
      adoptPlace,
      again: flags.again === true,
      signal: session.signal,
      onEvent: (event) => {
        if (event.type === 'committed') copied++;
        session.output.onEvent(event);
      },
    }),
  );
  return {
    exitStatus: summary.equal && summary.problemCount === 0 ? EXIT.done : EXIT.partial,
    lines: mirrorLines(summary, fromAddress, toAddress, session.output.colours),
    members: mirrorMembers(summary),
    trouble: summary,
  };
}
