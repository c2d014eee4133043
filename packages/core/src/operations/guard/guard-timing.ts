import { HoldfastError } from '../../holdfast-error.js';
import type { GuardedRun, GuardOptions } from './guard-options.js';

/**
 * Runs the action, with a signal that fires when the caller's does or when the time is up. It is waited for to its end all the same: nothing
 * may be rolled back that it still writes to.
 *
 * @throws what the action throws; HoldfastError `TIMED_OUT`, with that as its cause, if the time was up.
 */
export async function timed<Result>(
  { signal, timeoutMs }: Pick<GuardOptions, 'signal' | 'timeoutMs'>,
  snapshotId: string,
  action: (run: GuardedRun) => Promise<Result> | Result,
): Promise<Result> {
  const controller = new AbortController();
  const follow = (): void => controller.abort(signal?.reason);
  if (signal?.aborted === true) follow();
  signal?.addEventListener('abort', follow, { once: true });
  let isLate = false;
  const stop = (): void => {
    isLate = true;
    controller.abort(timedOut(timeoutMs, undefined));
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs);
  try {
    const result = await action({ snapshotId, signal: controller.signal });
    if (isLate) throw timedOut(timeoutMs, undefined);
    return result;
  } catch (error) {
    throw isLate ? timedOut(timeoutMs, error) : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', follow);
  }
}

function timedOut(timeoutMs: number | undefined, cause: unknown): HoldfastError {
  return new HoldfastError({
    code: 'TIMED_OUT',
    message: `it took longer than ${(timeoutMs ?? 0) / 1000} s`,
    hint: 'Give it more time, or look at why it takes so long.',
    cause,
  });
}
