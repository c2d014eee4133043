import { DEFAULT_INSPECT_LIMITS, type InspectLimits, type InspectOptions } from '@holdfast/core/inspect';
import { FoundFault } from './found-fault.js';

/** What is left of the time of one call. */
export interface Budget {
  readonly limits: InspectLimits;
  /**
   * Asked between pieces of work of a millisecond or less.
   *
   * @throws FoundFault; the reason of the signal.
   */
  check(): void;
  /**
   * The same, and lets the program do its other work when this one has gone on for some milliseconds: contents that are held need no
   * waiting of their own.
   */
  pause(): Promise<void>;
}

/** A program that draws or serves does not notice this. */
const PAUSE_EVERY_MS = 10;

/** The clock of a call starts now. */
export function budgetOf(options: InspectOptions = {}): Budget {
  const limits = options.limits ?? DEFAULT_INSPECT_LIMITS;
  const end = performance.now() + limits.timeoutMs;
  let pausedAt = performance.now();
  const check = (): void => {
    options.signal?.throwIfAborted();
    if (performance.now() > end) throw new FoundFault('TIMEOUT', `it took longer than ${limits.timeoutMs / 1000} s`);
  };
  return {
    limits,
    check,
    async pause() {
      check();
      if (performance.now() - pausedAt < PAUSE_EVERY_MS) return;
      await new Promise((resolve) => setImmediate(resolve));
      pausedAt = performance.now();
    },
  };
}
