import type { EventListener, Problem } from '../events/index.js';

/** What every operation takes. */
export interface OperationOptions {
  /** Ends the operation soon, with `ABORTED`; what was complete before stays. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: EventListener | undefined;
}

/** Time and randomness, so that a test can bend them. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** What every operation's summary says of trouble. */
export interface Trouble {
  /** How many problems there were in all. */
  readonly problemCount: number;
  /** The first of them, at most {@link MAX_KEPT_PROBLEMS}; every one was told as an event. */
  readonly problems: readonly Problem[];
}

/** Problems kept for a summary: enough to read, and bounded. */
export const MAX_KEPT_PROBLEMS = 100;
