import { type MirrorSummary, mirror } from '@holdfast/core';
import { type MirrorEnds, mirrorPlan } from '../compose/mirror-plan.js';
import { errorReport } from '../render/error-report.js';
import type { CommandResult } from '../render/output.js';
import { countText } from '../render/quantities.js';
import { type MirrorOutcome, mirrorsResult } from '../render/summary/mirrors-result.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { withAdoption } from './adoption.js';
import { assertAtMost } from './operands.js';

/** Options of `holdfast mirror`. */
export interface MirrorFlags extends CommonFlags {
  readonly yes?: true;
  readonly again?: true;
}

/** `holdfast mirror FROM TO`: copies the snapshots that TO does not have. Without words it runs the mirrors of the config. */
export async function run(session: Session, operands: readonly string[], flags: MirrorFlags): Promise<CommandResult> {
  assertAtMost('mirror', operands, 2);
  const pairs = await mirrorPlan(session, operands);
  let copied = 0;
  session.whenStopped(
    () => `${countText(copied, 'snapshot')} copied whole and kept; the same command goes on from there.`,
  );
  const onCommit = (): void => {
    copied++;
  };
  const [only] = pairs;
  const outcomes: MirrorOutcome[] = [];
  if (pairs.length === 1 && only !== undefined) {
    outcomes.push({ ends: only, summary: await copyOne(session, only, flags, onCommit) });
    return mirrorsResult(outcomes, session.output.colours);
  }
  for (const ends of pairs) {
    try {
      outcomes.push({ ends, summary: await copyOne(session, ends, flags, onCommit) });
    } catch (error) {
      // One store that cannot be reached must not keep the others from being filled.
      session.signal.throwIfAborted();
      outcomes.push({ ends, error: errorReport(error) });
    }
  }
  return mirrorsResult(outcomes, session.output.colours);
}

async function copyOne(
  session: Session,
  ends: MirrorEnds,
  flags: MirrorFlags,
  onCommit: () => void,
): Promise<MirrorSummary> {
  const from = await session.open(ends.from);
  const to = await session.open(ends.to);
  return withAdoption(session, flags.yes === true, (adoptPlace) =>
    mirror({
      from,
      to,
      adoptPlace,
      again: flags.again === true,
      signal: session.signal,
      onEvent: (event) => {
        if (event.type === 'committed') onCommit();
        session.output.onEvent(event);
      },
    }),
  );
}
