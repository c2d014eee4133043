import { HoldfastError } from '../../holdfast-error.js';
import { reasonOf, type SourceSpec } from '../../source/index.js';
import {
  claimGuard,
  forgetGuardRun,
  type GuardPhase,
  type GuardRecord,
  guardRuns,
  guardsTheSame,
  sweepNoted,
  writeGuardRun,
} from '../../state/index.js';
import type { BackupTarget } from '../../target/index.js';
import type { OperationOptions } from '../options.js';
import { guardedSources, refusal } from './guard-preparation.js';
import { type RollBackSummary, rollBack } from './guard-roll-back.js';
import { removeGuarded } from './guard-snapshot.js';

/** A guarded run that goes on no more, and of which something is left to decide. */
export interface LeftGuard extends GuardRecord {
  /** `interrupted`: its process ended with it; `kept`: it failed, and what it left was to stay for now. */
  readonly state: 'interrupted' | 'notRolledBack' | 'kept';
}

const STATES: Readonly<Record<GuardPhase, LeftGuard['state'] | undefined>> = {
  preparing: undefined,
  running: 'interrupted',
  rollingBack: 'interrupted',
  notRolledBack: 'notRolledBack',
  kept: 'kept',
  over: undefined,
};

/** The guarded runs that something is left to decide of, oldest first. @throws the error of the system. */
export function leftGuards(stateDirectory: string): LeftGuard[] {
  return guardRuns(stateDirectory).flatMap(({ record, isRunning }) => {
    const state = STATES[record.phase];
    return isRunning || state === undefined ? [] : [{ ...record, state }];
  });
}

/** Those of them that have left a mix on these sources. @throws HoldfastError as a guarded run of them. */
export function leftGuardsOn(stateDirectory: string, sources: readonly SourceSpec[]): LeftGuard[] {
  return leftRunsOf(stateDirectory, { sources: guardedSources({ sources }) });
}

/** Of those the ones that have left a mix on what is to be guarded now. */
export function leftRunsOf(stateDirectory: string, record: Pick<GuardRecord, 'sources'>): LeftGuard[] {
  return leftGuards(stateDirectory).filter((left) => left.state !== 'kept' && guardsTheSame(left, record));
}

/** How a left run is dealt with. */
export interface LeftGuardOptions extends OperationOptions {
  /** The id of the run. */
  readonly id: string;
  /** The target that has its snapshot. */
  readonly target: BackupTarget;
  readonly stateDirectory: string;
  /** The snapshot stays also where it is needed no more. */
  readonly keep?: boolean | undefined;
  /** Called before anything is rolled back: whatever the run has begun and may still write must be ended when this resolves. */
  readonly beforeRollBack?: (() => Promise<void>) | undefined;
  readonly program?: string | undefined;
}

/**
 * Rolls a left run back: its sources are just what they were when it began, but for what its snapshot does not have. Whatever was done
 * there since is taken back too. Done, nothing is left of the run.
 *
 * @throws HoldfastError `NOT_GUARDED` if there is no such run, or others are at work there; `NOT_ROLLED_BACK`; what a restore throws.
 */
export async function rollBackGuard(options: LeftGuardOptions): Promise<RollBackSummary> {
  const { stateDirectory, target, beforeRollBack } = options;
  const record = await takeOver(options);
  let done: RollBackSummary;
  try {
    await beforeRollBack?.();
    done = await rollBack({ ...options, record, target });
  } catch (error) {
    await leaveNotRolledBack(stateDirectory, record);
    throw error;
  }
  if (done.isRolledBack) await end(options, record);
  else await leaveNotRolledBack(stateDirectory, record);
  return done;
}

/** What cannot be written down, on a full disk say, is announced as interrupted. */
async function leaveNotRolledBack(stateDirectory: string, record: GuardRecord): Promise<void> {
  await writeGuardRun(stateDirectory, { ...record, phase: 'notRolledBack' }, { isOver: true }).catch(() => undefined);
}

/**
 * Leaves things as a run has left them: its snapshot goes, unless it is to be kept, and nothing announces it any more.
 *
 * @throws HoldfastError `NOT_GUARDED` if there is no such run; TargetError of a store that cannot be written.
 */
export async function dismissGuard(options: LeftGuardOptions): Promise<void> {
  await end(options, leftGuard(options));
}

/** Clears what is left of runs on this target that never began, or had ended all but for their snapshot. */
export async function clearLeftRuns(options: Omit<LeftGuardOptions, 'id' | 'keep'>): Promise<void> {
  const { stateDirectory, target } = options;
  await sweepNoted(stateDirectory);
  for (const { record, isRunning } of guardRuns(stateDirectory)) {
    if (isRunning || STATES[record.phase] !== undefined || record.target !== target.url) continue;
    await end({ ...options, id: record.id, keep: record.keep && record.phase === 'over' }, record);
  }
}

async function end(options: LeftGuardOptions, record: GuardRecord): Promise<void> {
  const { target, stateDirectory, keep, program } = options;
  if (keep !== true && !record.keep) await removeGuarded(target, record, { program });
  await forgetGuardRun(stateDirectory, record.id);
}

function leftGuard({ stateDirectory, id }: LeftGuardOptions): LeftGuard {
  const left = leftGuards(stateDirectory).find((one) => one.id === id);
  if (left !== undefined) return left;
  throw refusal(`no guarded run ${id} is left to be decided about`, 'List what is left: holdfast guard --roll-back.');
}

/** From here on this process deals with it, and no other. */
async function takeOver(options: LeftGuardOptions): Promise<GuardRecord> {
  const { state: _state, ...record } = leftGuard(options);
  if (record.target !== options.target.url) {
    throw new HoldfastError({
      code: 'NOT_ROLLED_BACK',
      message: `the snapshot of the guarded run ${record.id} is in ${record.target}, not in ${options.target.url}`,
      hint: 'Name that target.',
    });
  }
  const { stateDirectory } = options;
  const claim = await claimGuard(stateDirectory, record, { isTakenOver: true }).catch((cause: unknown) => {
    throw new HoldfastError({
      code: 'STATE',
      message: `nothing was rolled back, for it cannot be noted in ${stateDirectory} that this is begun: ${reasonOf(cause)}`,
      hint: 'Where the disk is full, make some room; then roll back again.',
      cause,
    });
  });
  if (!('taken' in claim)) return record;
  throw refusal(
    `another guarded run is at work on the same files: ${claim.taken.record.id}`,
    'Wait until it has ended.',
  );
}
