import {
  applies,
  conditionsOf,
  conformanceCases,
  type KitSizes,
  runCase,
  type TargetHarness,
} from '@holdfast/target-testkit';
import { describe, expect, test } from 'vitest';

const MIB = 1024 * 1024;
/** The kit says what hangs before the runner ends the test. */
const SMALL: Partial<KitSizes> = { manyObjects: 50, objectBytes: [0, 1, MIB, MIB + 1], caseTimeoutMs: 45_000 };

/** The topics of the kit that such facts have a part in, named by their first words: every other goes the way it goes in a folder. */
export function describeTopics(name: string, harness: TargetHarness, topics: readonly string[]): void {
  describe(name, async () => {
    const conditions = await conditionsOf(harness);
    for (const topic of topics) {
      const cases = conformanceCases.filter((one) => one.topic.startsWith(topic) && applies(one, conditions));
      describe(topic, () => {
        test('is a topic of the kit', () => expect(cases).not.toEqual([]));
        for (const one of cases) test(one.name, () => runCase(one, harness, SMALL));
      });
    }
  });
}
