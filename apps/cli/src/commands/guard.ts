import { type GuardOutcome, guard, isHoldfastError, stateDirectory } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import type { FilterFlags } from '../compose/filter.js';
import { parseTime } from '../compose/time-word.js';
import { decideOnFailure, type FailureWord, failureWord } from '../guard/failure-question.js';
import { ownGuardFolder, planGuard } from '../guard/guard-plan.js';
import { GuardedCommand } from '../guard/guarded-command.js';
import { holdSignals } from '../guard/hold-signals.js';
import { dismissLeft, rollBackLeft } from '../guard/left-runs.js';
import { offerLeftRuns } from '../guard/offer-left-runs.js';
import { tellStart } from '../guard/tell-start.js';
import type { CommandResult } from '../render/output.js';
import { guardResult } from '../render/summary/guard-summary.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';

/** Options of `holdfast guard`. */
export interface GuardFlags extends CommonFlags, FilterFlags {
  readonly to?: string;
  readonly onFailure?: string;
  readonly keep?: true;
  readonly timeout?: string;
  readonly jsonTo?: string;
  /** With or without an id. */
  readonly rollBack?: string | true;
  readonly dismiss?: string | true;
  readonly yes?: true;
}

/** `holdfast guard [SOURCE…] [--to TARGET] -- COMMAND…`: a snapshot, the command, and the old state back if it fails. */
export async function run(session: Session, operands: readonly string[], flags: GuardFlags): Promise<CommandResult> {
  const { guarded: words = [] } = session;
  if (flags.rollBack !== undefined) return rollBackLeft(session, flags, operands);
  if (flags.dismiss !== undefined) return dismissLeft(session, flags, operands);
  if (words.length === 0) throw noCommand();
  const settings = await settingsOf(session, flags);
  const plan = await planGuard(session, operands, flags);
  const { sources, target, word } = plan;
  await offerLeftRuns(session, sources);
  const command = new GuardedCommand(session, words);
  const startedAtMs = performance.now();
  let outcome: GuardOutcome | undefined;
  let failure: unknown;
  try {
    await guard(
      {
        sources,
        target,
        stateDirectory: stateDirectory(),
        onFailure: (failed) => decideOnFailure(session, failed, settings.onFailure, flags.verbose === true),
        keep: settings.keep,
        timeoutMs: settings.timeoutMs,
        beforeRollBack: async () => {
          holdSignals(session);
          await command.end();
        },
        onOutcome: (ended) => {
          outcome = ended;
        },
        label: {
          action: words.join(' '),
          folder: process.cwd(),
          ...(word === undefined ? { isOwnTarget: true } : { address: word }),
        },
        signal: session.signal,
        onEvent: tellStart(session, { isQuiet: flags.quiet === true, isOwnTarget: word === undefined }),
      },
      ({ snapshotId, signal }) => command.run(snapshotId, signal),
    );
  } catch (error) {
    failure = error;
  }
  const isTold = outcome !== undefined && (!isHoldfastError(failure, 'NOT_ROLLED_BACK') || 'rollBack' in outcome);
  if (outcome === undefined || !isTold) throw failure;
  return guardResult(outcome, {
    target: word ?? ownGuardFolder(),
    durationMs: performance.now() - startedAtMs,
    colours: session.output.colours,
  });
}

/** What the options say, and behind them the config. */
async function settingsOf(
  session: Session,
  flags: GuardFlags,
): Promise<{ onFailure: FailureWord | undefined; keep: boolean; timeoutMs: number | undefined }> {
  const { guard: configured = {} } = (await session.config()) ?? {};
  const timeout = flags.timeout ?? configured.timeout;
  return {
    onFailure: failureWord(flags.onFailure) ?? configured.onFailure,
    keep: flags.keep ?? configured.keep ?? false,
    timeoutMs: timeout === undefined ? undefined : parseTime('--timeout', timeout),
  };
}

function noCommand(): CliError {
  return new CliError({
    code: 'USAGE',
    message: 'guard needs a command to run, behind --',
    hint: 'For example: holdfast guard ./data -- python run.py',
  });
}
