import { HoldfastError, isHoldfastError, throwIfAborted } from '../../holdfast-error.js';
import { newSnapshotId } from '../../snapshot/snapshot-id.js';
import { reasonOf } from '../../source/index.js';
import {
  beat,
  claimGuard,
  forgetGuardRun,
  type GuardPhase,
  type GuardRecord,
  writeGuardRun,
} from '../../state/index.js';
import { stateFault } from '../backup/backup-sources.js';
import { diff } from '../diff/diff.js';
import { assertCanRemove } from '../own-objects.js';
import type { FailureChoice, GuardedRun, GuardFailure, GuardOptions, GuardOutcome } from './guard-options.js';
import { guardedSources, prepareGuard, refusal } from './guard-preparation.js';
import { type RollBackSummary, rollBack } from './guard-roll-back.js';
import { removeGuarded } from './guard-snapshot.js';
import { timed } from './guard-timing.js';
import { clearLeftRuns, leftRunsOf } from './left-guards.js';

/** How often a run shows that it lives: far below the day after which a silent one counts as dead. */
const BEAT_MS = 10 * 60 * 1000;

/**
 * Runs an action that may go wrong: a complete snapshot of the sources first, or it does not begin; then the action; then the snapshot
 * goes, or, where the action fails, what it has changed is taken back, or kept for now. Rolled back, the sources are just what they
 * were: also what was created is gone. What the snapshot does not have (rules left it out, it is no file) cannot be given back; it is
 * counted before the action starts, stays, and is named where it changed.
 *
 * @returns what the action returns.
 * @throws what the action throws, after what was decided about it; HoldfastError `NOT_GUARDED`, `STATE` and whatever a backup throws before
 *   the action started, `NOT_ROLLED_BACK` (its cause is the action's error) where a roll back was wanted and not done, `TIMED_OUT`.
 */
export async function guard<Result>(
  options: GuardOptions,
  action: (run: GuardedRun) => Promise<Result> | Result,
): Promise<Result> {
  return new GuardedAction(options).run(action);
}

class GuardedAction {
  readonly #options: GuardOptions;
  #record: GuardRecord;
  #ticket: number | undefined;

  constructor(options: GuardOptions) {
    this.#options = options;
    const sources = guardedSources(options);
    this.#record = {
      id: newSnapshotId(new Date()),
      target: options.target.url,
      ...options.label,
      sources,
      phase: 'preparing',
      keep: options.keep === true,
      startedAt: new Date().toISOString(),
    };
  }

  async run<Result>(action: (run: GuardedRun) => Promise<Result> | Result): Promise<Result> {
    const { stateDirectory } = this.#options;
    await this.#claim();
    const timer = setInterval(() => beat(stateDirectory, this.#record.id), BEAT_MS);
    timer.unref();
    try {
      await this.#prepare();
      let result: Result;
      try {
        result = await timed(this.#options, this.#record.id, action);
      } catch (error) {
        throw await this.#failed(error);
      }
      await this.#end();
      this.#tell({ how: 'succeeded', snapshotId: this.#record.id, isSnapshotKept: this.#record.keep });
      return result;
    } finally {
      clearInterval(timer);
    }
  }

  async #claim(): Promise<void> {
    const { target, stateDirectory, signal } = this.#options;
    throwIfAborted(signal);
    if (!this.#record.keep) await assertCanRemove(target, { signal });
    try {
      await clearLeftRuns(this.#options);
      const claim = await claimGuard(stateDirectory, this.#record);
      if ('taken' in claim) throw taken(claim.taken.record);
      this.#ticket = claim.ticket;
    } catch (cause) {
      if (cause instanceof HoldfastError) throw cause;
      throw stateFault(stateDirectory, cause);
    }
    const [left] = leftRunsOf(stateDirectory, this.#record);
    if (left === undefined) return;
    await forgetGuardRun(stateDirectory, this.#record.id);
    throw interrupted(left);
  }

  /** Nothing of a run that does not begin is left. */
  async #prepare(): Promise<void> {
    const { target, onEvent } = this.#options;
    try {
      const { record, notCovered, entries } = await prepareGuard(this.#options, this.#record);
      this.#record = record;
      await this.#reach('running');
      const about = { snapshotId: record.id, target: target.url, entries };
      onEvent?.({
        type: 'guarded',
        ...about,
        notCoveredEntries: notCovered.entries,
        notCoveredBytes: notCovered.bytes,
      });
    } catch (error) {
      await this.#clear().catch(() => undefined);
      throw error;
    }
  }

  /** The action has failed. @returns what is to be thrown. */
  async #failed(error: unknown): Promise<unknown> {
    const snapshotId = this.#record.id;
    let choice: FailureChoice;
    try {
      choice = await this.#choose(error);
    } catch (cause) {
      // Whoever was to decide could not: nothing is lost by waiting.
      await this.#leaveAs('kept');
      this.#tell({ how: 'kept', snapshotId, error });
      return cause;
    }
    if (choice === 'keep') {
      await this.#leaveAs('kept');
      this.#tell({ how: 'kept', snapshotId, error });
      return error;
    }
    let done: RollBackSummary;
    try {
      await this.#options.beforeRollBack?.();
      done = await rollBack({ ...this.#options, ...this.#lasting(), record: this.#record, ticket: this.#ticket });
    } catch (cause) {
      await this.#leaveAs('notRolledBack');
      this.#tell({ how: 'notRolledBack', snapshotId, error, problems: [], cause });
      return notRolledBack(error, textOf(cause), this.#hintAfter(cause));
    }
    if (!done.isRolledBack) {
      await this.#leaveAs('notRolledBack');
      this.#tell({ how: 'notRolledBack', snapshotId, error, problems: done.problems, rollBack: done });
      const [first] = done.problems;
      return notRolledBack(error, `${first?.path}: ${first?.message}`, this.#hintAfter(undefined));
    }
    await this.#end();
    this.#tell({ how: 'rolledBack', snapshotId, error, isSnapshotKept: this.#record.keep, rollBack: done });
    return error;
  }

  /** A roll back that could not begin says what to do; the hint of anything else is meant for other operations. */
  #hintAfter(cause: unknown): string {
    if (isHoldfastError(cause, 'NOT_ROLLED_BACK') && cause.hint !== undefined) return cause.hint;
    const { id } = this.#record;
    return `Mend that, then roll back again: holdfast guard --roll-back ${id}; or leave things as they are: holdfast guard --dismiss ${id}.`;
  }

  async #choose(error: unknown): Promise<FailureChoice> {
    const { onFailure = 'restore', target, stateDirectory } = this.#options;
    if (typeof onFailure === 'string') return onFailure;
    const { id: snapshotId } = this.#record;
    const changes: GuardFailure['changes'] = () =>
      diff({ target, before: snapshotId, after: { stateDirectory }, ...this.#lasting() });
    return onFailure({ snapshotId, error, changes });
  }

  /** What is done after the action goes on though the caller's signal has ended that. */
  #lasting(): Pick<GuardOptions, 'signal'> {
    const { signal } = this.#options;
    return { signal: signal?.aborted === true ? undefined : signal };
  }

  /** The snapshot is needed no more. */
  async #end(): Promise<void> {
    try {
      await this.#reach('over');
      await this.#clear();
    } catch (error) {
      const { onEvent } = this.#options;
      const message = `the snapshot ${this.#record.id} of the guarded run could not be removed; the next guarded run tries again: ${reasonOf(error)}`;
      onEvent?.({ type: 'note', operation: 'guard', note: { code: 'GUARD_LEFT', message } });
      await this.#reach('over', true).catch(() => undefined);
    }
  }

  async #clear(): Promise<void> {
    const { target, stateDirectory, program } = this.#options;
    if (!this.#record.keep || this.#record.phase === 'preparing')
      await removeGuarded(target, this.#record, { program });
    await forgetGuardRun(stateDirectory, this.#record.id);
  }

  /** What cannot be written down (the disk may be full) is announced as interrupted when this process has ended. */
  async #leaveAs(phase: GuardPhase): Promise<void> {
    await this.#reach(phase, true).catch(() => undefined);
  }

  async #reach(phase: GuardPhase, isOver = false): Promise<void> {
    this.#record = { ...this.#record, phase };
    await writeGuardRun(this.#options.stateDirectory, this.#record, { ticket: this.#ticket, isOver });
  }

  #tell(outcome: GuardOutcome): void {
    this.#options.onOutcome?.(outcome);
  }
}

function taken({ id, action }: GuardRecord): HoldfastError {
  const what = action === undefined ? '' : ` (${action})`;
  return refusal(
    `another guarded run${what} is at work on the same files, since the snapshot ${id} was begun`,
    'Wait until it has ended.',
  );
}

function interrupted({ id, phase, action }: GuardRecord): HoldfastError {
  const what = action === undefined ? 'a guarded run' : `a guarded run of ${action}`;
  const how = phase === 'notRolledBack' ? 'could not be rolled back' : 'was interrupted';
  return refusal(
    `${what} ${how} on the same files, which may be a mix of what was and what was to be: ${id}`,
    `Roll it back: holdfast guard --roll-back ${id}; or leave things as they are: holdfast guard --dismiss ${id}.`,
  );
}

function notRolledBack(error: unknown, reason: string, hint: string): HoldfastError {
  return new HoldfastError({
    code: 'NOT_ROLLED_BACK',
    message: `the run has failed (${textOf(error)}), and what it has changed could not all be taken back: ${reason}`,
    hint,
    cause: error,
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
