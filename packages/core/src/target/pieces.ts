import { TargetError, type TargetOperation } from './errors.js';
import type { ObjectSource } from './object.js';

/** Whose bytes they are, for the errors of {@link piecesOf}. */
export interface PiecesContext {
  readonly url: string;
  readonly key: string;
  readonly signal?: AbortSignal | undefined;
}

/** The one error of a call whose signal fired. The signal's own reason is its `cause`. */
export function abortedError(url: string, operation: TargetOperation, key?: string, signal?: AbortSignal): TargetError {
  return new TargetError({
    code: 'ABORTED',
    reason: 'stopped by a signal',
    url,
    operation,
    key,
    cause: signal?.reason,
  });
}

/**
 * Opens `source` and gives its bytes, so that a put is honest (law 2) in every adapter alike: no empty pieces, exactly
 * `sizeBytes` bytes, an error of the source as the very same object, and the source closed however the reading ends.
 *
 * Whoever consumes this must store nothing under the key until the iteration has ended without an error: only then is it known
 * that the source had no byte too many.
 *
 * @throws TargetError `SIZE_MISMATCH` at the first byte too many, or at an end that comes too early; `ABORTED` soon after the
 *   signal fires, also while the source hangs.
 */
export async function* piecesOf(
  source: ObjectSource,
  context: PiecesContext,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { url, key, signal } = context;
  const mismatch = (reason: string): TargetError =>
    new TargetError({ code: 'SIZE_MISMATCH', reason, url, operation: 'put', key });
  if (signal?.aborted) throw abortedError(url, 'put', key, signal);

  const iterator = source.open()[Symbol.asyncIterator]();
  // A source that hangs inside next() cannot be awaited: its return() would wait behind that very call.
  let mayHang = false;
  let mustClose = true;
  let stop: (reason: unknown) => void = () => {};
  const onAbort = (): void => {
    mayHang = true;
    stop(abortedError(url, 'put', key, signal));
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    let seenBytes = 0;
    for (;;) {
      mustClose = false; // A source that throws or ends has closed itself.
      const step = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        stop = reject;
        iterator.next().then(resolve, reject);
      });
      if (step.done) break;
      mustClose = true;
      seenBytes += step.value.byteLength;
      if (seenBytes > source.sizeBytes)
        throw mismatch(`the source gave more than the announced ${source.sizeBytes} bytes`);
      if (signal?.aborted) throw abortedError(url, 'put', key, signal);
      if (step.value.byteLength > 0) yield step.value;
    }
    if (seenBytes < source.sizeBytes) {
      throw mismatch(`the source ended after ${seenBytes} of the announced ${source.sizeBytes} bytes`);
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    if (mustClose || mayHang) await closeQuietly(iterator, mayHang);
  }
}

/** Closing is for the source's sake: what it throws must not hide why the reading ended. */
async function closeQuietly(iterator: AsyncIterator<Uint8Array>, mayHang: boolean): Promise<void> {
  const closing = Promise.resolve()
    .then(() => iterator.return?.())
    .catch(() => {});
  if (!mayHang) await closing;
}
