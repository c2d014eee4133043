import { setMaxListeners } from 'node:events';
import { operationAborted, throwIfAborted } from '../holdfast-error.js';
import type { OperationOptions } from './options.js';

/**
 * Runs an operation that the caller's signal can end: whatever comes out of it then is `ABORTED`. Inside, the operation has
 * a signal of its own that follows the caller's: many calls listen at once, more than Node takes for a leak on one signal,
 * and the caller's keeps no listener after the end.
 */
export async function stoppable<Options extends OperationOptions, Result>(
  options: Options,
  work: (options: Options) => Promise<Result>,
): Promise<Result> {
  const { signal: caller } = options;
  throwIfAborted(caller);
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const follow = (): void => controller.abort(caller?.reason);
  caller?.addEventListener('abort', follow, { once: true });
  try {
    return await work({ ...options, signal: controller.signal });
  } catch (error) {
    if (controller.signal.aborted) throw operationAborted(error);
    throw error;
  } finally {
    caller?.removeEventListener('abort', follow);
    // Whatever still goes on beside it (counting, say) ends with it.
    controller.abort();
  }
}
