import type { BackupTarget, ObjectSource, PutOptions, PutReceipt, WriteBatch } from '../target/index.js';
import { retryingAll } from './retry-all.js';
import { retryingCommit } from './retry-commit.js';
import { retryingGet, retryingList } from './retry-reads.js';
import { type RetryOptions, repeat, retryPolicy, type StartTries } from './retry-tries.js';
import { markErrors } from './source-errors.js';
import { type Interceptor, intercept, interceptBatch, wrapBatch, wrapTarget } from './wrap.js';

/**
 * A target that repeats what failed with a `retryable` error, after random delays below a limit that doubles ("full jitter":
 * M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015).
 *
 * - A put opens its source anew; an error of the source itself comes out at once.
 * - A list goes on after the last key it gave. A get goes on where it stopped, if ranges can be read; else it is repeated
 *   only while nothing has been given.
 * - A commit whose answer was lost is a success if its record can be read back (law 7).
 * - A signal ends the waiting at once. What is not retryable is never repeated.
 */
export function retrying(inner: BackupTarget, options: RetryOptions = {}): BackupTarget {
  const startTries = retryPolicy(inner.url, options);
  const repeated: Interceptor = { call: (call, run) => repeat(startTries(call), run) };
  const calls = intercept(inner, repeated);
  return wrapTarget(calls, {
    list: (prefix, listOptions) => retryingList(inner, startTries, prefix, listOptions),
    get: (key, getOptions) => retryingGet(inner, startTries, key, getOptions),
    close: () => inner.close(),
    async begin(beginOptions = {}) {
      const { signal, root } = beginOptions;
      const tries = startTries({ operation: 'begin', key: root, signal });
      const batch = await repeat(tries, () => inner.begin(beginOptions));
      return wrapBatch(interceptBatch(batch, repeated, inner.capabilities.concurrency), {
        put: (key, source, putOptions) => retryingPut(startTries, batch, key, source, putOptions),
        putAll: (objects, callOptions) =>
          retryingAll(objects, {
            startTries: () => startTries({ operation: 'put', key: objects[0]?.key, signal: callOptions?.signal }),
            run: (items) => batch.putAll(items, callOptions),
          }),
        copyAll: (requests, callOptions) =>
          retryingAll(requests, {
            startTries: () => startTries({ operation: 'copy', key: requests[0]?.toKey, signal: callOptions?.signal }),
            run: (items) => batch.copyAll(items, callOptions),
          }),
        commit: (record, commitOptions) => retryingCommit(inner, startTries, batch, record, commitOptions),
      });
    },
  });
}

async function retryingPut(
  startTries: StartTries,
  batch: WriteBatch,
  key: string,
  source: ObjectSource,
  options: PutOptions = {},
): Promise<PutReceipt> {
  const tries = startTries({ operation: 'put', key, signal: options.signal });
  const marked = markErrors(source);
  for (;;) {
    try {
      return await batch.put(key, marked.source, options);
    } catch (error) {
      if (marked.threw(error)) throw error;
      await tries.failed(error);
    }
  }
}
