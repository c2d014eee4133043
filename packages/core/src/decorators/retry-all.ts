import { isTargetError, type Outcome, rejected } from '../target/index.js';
import type { Tries } from './retry-tries.js';

/** A call with many items that can be made again with some of them. */
export interface RepeatableCall<Item, Value> {
  readonly startTries: () => Tries;
  readonly run: (items: readonly Item[]) => Promise<readonly Outcome<Value>[]>;
}

/** Repeats the items of a call that failed with a `retryable` error, all together after one delay, until the tries are used up. */
export async function retryingAll<Item, Value>(
  items: readonly Item[],
  call: RepeatableCall<Item, Value>,
): Promise<readonly Outcome<Value>[]> {
  const outcomes = [...(await call.run(items))];
  let tries: Tries | undefined;
  for (;;) {
    const again = outcomes.flatMap((outcome, index) => (isWorthATry(outcome) ? [index] : []));
    const [first] = again;
    if (first === undefined) return outcomes;
    tries ??= call.startTries();
    try {
      await tries.failed((outcomes[first] as PromiseRejectedResult).reason);
    } catch (error) {
      // No more tries, or stopped: each keeps its own error, but for what a signal ended.
      if (isTargetError(error, 'ABORTED')) for (const index of again) outcomes[index] = rejected(error);
      return outcomes;
    }
    const repeated = await call.run(again.map((index) => items[index] as Item));
    again.forEach((index, position) => {
      outcomes[index] = repeated[position] as Outcome<Value>;
    });
  }
}

function isWorthATry(outcome: Outcome<unknown>): boolean {
  return outcome.status === 'rejected' && isTargetError(outcome.reason) && outcome.reason.retryable;
}
