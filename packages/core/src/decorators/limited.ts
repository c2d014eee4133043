import { setTimeout as wait } from 'node:timers/promises';
import { abortedError, type BackupTarget, type ObjectSource } from '../target/index.js';
import { type Slots, slots } from '../target/slots.js';
import { tokenBucket } from './token-bucket.js';
import { intercept, type TargetCall } from './wrap.js';

/** How much a {@link limited} target may do. */
export interface LimitOptions {
  /** Puts and copies at once, reads at once, other calls at once: so many of each. The target's own `concurrency` by default. */
  readonly concurrency?: number | undefined;
  /** Bytes put and got together in a second; no limit by default. */
  readonly bytesPerSecond?: number | undefined;
  /** Milliseconds that only go forward; `performance.now` by default. */
  readonly now?: (() => number) | undefined;
  /** Waits, and rejects when the signal fires. */
  readonly sleep?: ((delayMs: number, signal: AbortSignal | undefined) => Promise<unknown>) | undefined;
}

/**
 * A target that asks the inner one no more than so much at once, and moves no more than so many bytes in a second.
 *
 * A put holds its place until it has ended. A get or a list holds one only while it waits for its next piece: a reader who reads
 * two objects in turn, or puts what it gets, can never wait for itself.
 */
export function limited(inner: BackupTarget, options: LimitOptions = {}): BackupTarget {
  const { bytesPerSecond, now = () => performance.now() } = options;
  const sleep = options.sleep ?? ((delayMs, signal) => wait(delayMs, undefined, { signal }));
  const concurrency = options.concurrency ?? inner.capabilities.concurrency;
  const bucket = bytesPerSecond === undefined ? undefined : tokenBucket({ bytesPerSecond, now, sleep });
  const places = { write: slots(concurrency), read: slots(concurrency), other: slots(concurrency) };

  const placeOf = ({ operation }: TargetCall): Slots => {
    if (operation === 'put' || operation === 'copy' || operation === 'adopt') return places.write;
    return operation === 'get' || operation === 'list' ? places.read : places.other;
  };
  const stopped = ({ operation, key, signal }: TargetCall): Error => abortedError(inner.url, operation, key, signal);
  const pay = async (call: TargetCall, sizeBytes: number): Promise<void> => {
    try {
      await bucket?.take(sizeBytes, call.signal);
    } catch (error) {
      throw call.signal?.aborted ? stopped(call) : error;
    }
  };

  return intercept(inner, {
    call: (call, run) => (isEnd(call) ? run() : placeOf(call).use(run, call.signal, () => stopped(call))),
    async *iterate<Item>(call: TargetCall, open: () => AsyncIterable<Item>) {
      const iterator = open()[Symbol.asyncIterator]();
      let ended = false;
      try {
        for (;;) {
          // Whatever ends the inner iteration from inside needs no closing.
          ended = true;
          const step = await placeOf(call).use(
            () => Promise.resolve(iterator.next()),
            call.signal,
            () => {
              ended = false;
              return stopped(call);
            },
          );
          if (step.done) return;
          ended = false;
          if (step.value instanceof Uint8Array) await pay(call, step.value.byteLength);
          yield step.value;
        }
      } finally {
        if (!ended) await iterator.return?.();
      }
    },
    many: (call, sizeBytes, run) =>
      places.write.use(
        async () => {
          await pay(call, sizeBytes);
          return run();
        },
        call.signal,
        () => stopped(call),
      ),
    source: (call, source) => (bucket === undefined ? source : paidFor(source, (sizeBytes) => pay(call, sizeBytes))),
  });
}

/** What ends something never waits behind what is still running. */
function isEnd({ operation }: TargetCall): boolean {
  return operation === 'abort' || operation === 'close' || operation === 'commit';
}

/** A source that pays for each piece before it gives it. */
function paidFor(source: ObjectSource, pay: (sizeBytes: number) => Promise<void>): ObjectSource {
  return {
    sizeBytes: source.sizeBytes,
    async *open() {
      for await (const piece of source.open()) {
        await pay(piece.byteLength);
        yield piece;
      }
    },
  };
}
