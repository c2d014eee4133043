import { intercept, type TargetCall } from '../decorators/index.js';
import type { BackupTarget, ObjectSource } from '../target/index.js';
import type { FaultPlan } from './fault-plan.js';

/**
 * A target in which things go wrong by plan, so that a test of the engine reads like a story:
 *
 * ```ts
 * const faults = faultPlan()
 *   .on('put', fails(targetFault('NO_SPACE')), { nth: 3 })
 *   .on('commit', losesAnswer());
 * const target = faultyTarget(memoryTarget(), faults);
 * …
 * expect(faults.count('put')).toBe(3);
 * ```
 *
 * A call counts when it is made, `list` and `get` when they are first asked for an item.
 */
export function faultyTarget(inner: BackupTarget, plan: FaultPlan): BackupTarget {
  /** A put is met once, when its source is handed over, before the call itself. */
  const puts = new WeakMap<TargetCall, ReturnType<FaultPlan['meet']>>();

  return intercept(inner, {
    async call(call, run) {
      const { entry, fault } = puts.get(call) ?? plan.meet(call);
      try {
        const answer = await (fault?.call === undefined ? run() : fault.call(call, run));
        entry.outcome = 'answered';
        return answer;
      } catch (error) {
        entry.outcome = 'failed';
        throw error;
      }
    },
    async *iterate<Item>(call: TargetCall, open: () => AsyncIterable<Item>) {
      const { entry, fault } = plan.meet(call);
      entry.outcome = 'left';
      try {
        // Opened by the fault only when it reads: one that fails first never asks the inner target.
        const items: AsyncIterable<Item> = { [Symbol.asyncIterator]: () => open()[Symbol.asyncIterator]() };
        yield* fault?.items === undefined ? items : fault.items(call, items);
        entry.outcome = 'answered';
      } catch (error) {
        entry.outcome = 'failed';
        throw error;
      }
    },
    source(call, source): ObjectSource {
      const met = plan.meet(call);
      puts.set(call, met);
      return met.fault?.source?.(call, source) ?? source;
    },
  });
}
