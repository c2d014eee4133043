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
}

/** The clock of a call starts now. */
export function budgetOf(options: InspectOptions = {}): Budget {
  const limits = options.limits ?? DEFAULT_INSPECT_LIMITS;
  const end = performance.now() + limits.timeoutMs;
  return {
    limits,
    check() {
      options.signal?.throwIfAborted();
      if (performance.now() > end) throw new FoundFault('TIMEOUT', `it took longer than ${limits.timeoutMs / 1000} s`);
    },
  };
}
