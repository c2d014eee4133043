import { leftGuardsOn, type SourceSpec, stateDirectory } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-status.js';
import type { Session } from '../session.js';
import { rollBackNow } from './left-runs.js';

/**
 * Runs that were interrupted on what is to be guarded now: on a terminal it is asked whether they shall be rolled back first. Without
 * one, or after a no, the engine refuses to begin.
 *
 * @throws CliError `NOT_CONFIRMED` if one could not be rolled back.
 */
export async function offerLeftRuns(session: Session, sources: readonly SourceSpec[]): Promise<void> {
  for (const left of leftGuardsOn(stateDirectory(), sources)) {
    const answer = await session.confirm(`Roll back ${left.id} first?`);
    if (answer !== true) return;
    const result = await rollBackNow(session, left, performance.now());
    for (const line of result.lines) session.output.remark(line);
    if (result.exitStatus === EXIT.done) continue;
    throw new CliError({
      code: 'NOT_CONFIRMED',
      message: `${left.id} could not be rolled back, so nothing was started`,
      exitStatus: EXIT.notGuarded,
    });
  }
}
