import type { Problem } from '../../events/index.js';
import type { SourceSpec } from '../../source/index.js';
import type { GuardRecord } from '../../state/index.js';
import type { BackupTarget } from '../../target/index.js';
import type { Diff } from '../diff/diff.js';
import type { OperationOptions } from '../options.js';
import type { RollBackSummary } from './guard-roll-back.js';

/** What becomes of what a failed run has changed: it is taken back, or stays for now. */
export type FailureChoice = 'restore' | 'keep';

/** A run that has failed, to be decided about. */
export interface GuardFailure {
  readonly snapshotId: string;
  /** What the action has thrown; `TIMED_OUT` where it took too long. */
  readonly error: unknown;
  /** Compares what stood there with what stands there now, as far as the snapshot covers it. The caller closes what it gets. */
  changes(): Promise<Diff>;
}

export interface GuardOptions extends OperationOptions {
  readonly sources: readonly SourceSpec[];
  /** Where the snapshot is kept while the action runs. */
  readonly target: BackupTarget;
  /** Where it is noted how far the run has come, and what stood there before it. */
  readonly stateDirectory: string;
  /** What is done when the action fails; a function may ask. `restore` without it. */
  readonly onFailure?: FailureChoice | ((failure: GuardFailure) => FailureChoice | Promise<FailureChoice>) | undefined;
  /** Keep the snapshot also where it is needed no more. */
  readonly keep?: boolean | undefined;
  /** The action fails when it takes longer: its signal fires, and it must come to its end. */
  readonly timeoutMs?: number | undefined;
  /** Called before anything is rolled back: whatever the action has begun and may still write must be ended when this resolves. */
  readonly beforeRollBack?: (() => Promise<void>) | undefined;
  /** Told how it ended, before the promise is settled. */
  readonly onOutcome?: ((outcome: GuardOutcome) => void) | undefined;
  /** For whoever finds the run interrupted: what was run, how the target was named, the folder that this counts from, and whose it is. */
  readonly label?: Pick<GuardRecord, 'action' | 'address' | 'folder' | 'isOwnTarget'> | undefined;
  /** Name and version of the program, for the record. */
  readonly program?: string | undefined;
}

/** What an action is given. */
export interface GuardedRun {
  readonly snapshotId: string;
  /** Fires when the action has to come to its end: the caller's signal, or the time is up. */
  readonly signal: AbortSignal;
}

/** How a guarded run ended. */
export type GuardOutcome =
  | { readonly how: 'succeeded'; readonly snapshotId: string; readonly isSnapshotKept: boolean }
  | { readonly how: 'kept'; readonly snapshotId: string; readonly error: unknown }
  | {
      readonly how: 'rolledBack';
      readonly snapshotId: string;
      readonly error: unknown;
      readonly isSnapshotKept: boolean;
      readonly rollBack: RollBackSummary;
    }
  | {
      readonly how: 'notRolledBack';
      readonly snapshotId: string;
      readonly error: unknown;
      /** Absent where it could not begin, or not go on. */
      readonly rollBack?: RollBackSummary;
      readonly problems: readonly Problem[];
      readonly cause?: unknown;
    };
