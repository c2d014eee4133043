import { setTimeout as wait } from 'node:timers/promises';
import { abortedError, isTargetError, type TargetError } from '../target/index.js';
import type { TargetCall } from './wrap.js';

/** What is told about each try that failed and will be repeated. */
export interface RetryEvent {
  readonly operation: TargetCall['operation'];
  readonly key: string | undefined;
  /** The try that failed: 1 for the first one. Counts anew when an iteration has come further. */
  readonly attempt: number;
  readonly delayMs: number;
  readonly error: TargetError;
}

/** How a retrying target repeats. */
export interface RetryOptions {
  /** Tries in all, the first one included; 5 by default. */
  readonly attempts?: number | undefined;
  /** The first delay is at most this; the limit doubles with each try. 200 ms by default. */
  readonly baseDelayMs?: number | undefined;
  /** No delay is longer; 20 s by default. */
  readonly maxDelayMs?: number | undefined;
  /** From 0 to 1, as `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Waits, and rejects when the signal fires. */
  readonly sleep?: ((delayMs: number, signal: AbortSignal | undefined) => Promise<unknown>) | undefined;
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
}

/** One call and its repetitions. */
export interface Tries {
  /** Waits before the next try; throws the error where there is none, and `ABORTED` when the signal fires. */
  failed(error: unknown): Promise<void>;
  /** Something came through: the count begins anew. */
  progress(): void;
}

/** Starts counting the tries of a call. */
export type StartTries = (call: TargetCall) => Tries;

/** Counts tries and waits between them. @param url of the target, for errors. */
export function retryPolicy(url: string, options: RetryOptions): StartTries {
  const { attempts = 5, baseDelayMs = 200, maxDelayMs = 20_000, random = Math.random, onRetry } = options;
  const sleep = options.sleep ?? ((delayMs, signal) => wait(delayMs, undefined, { signal }));
  return (call) => {
    const { operation, key, signal } = call;
    let attempt = 0;
    return {
      async failed(error) {
        attempt += 1;
        if (!isTargetError(error) || !error.retryable || attempt >= attempts) throw error;
        if (signal?.aborted) throw abortedError(url, operation, key, signal);
        const delayMs = random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
        onRetry?.({ operation, key, attempt, delayMs, error });
        try {
          await sleep(delayMs, signal);
        } catch (reason) {
          throw signal?.aborted ? abortedError(url, operation, key, signal) : reason;
        }
      },
      progress() {
        attempt = 0;
      },
    };
  };
}

/** Does a call until it succeeds or its tries are used up. */
export async function repeat<Answer>(tries: Tries, run: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      await tries.failed(error);
    }
  }
}
