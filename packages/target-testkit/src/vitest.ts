import { describe, test } from 'vitest';
import { conformanceCases } from './cases/index.js';
import { DEFAULT_SIZES, type KitSizes, type TargetHarness } from './harness.js';
import { applies, conditionsOf, runCase } from './run.js';

/** Time beyond a case's own, to make and remove the place. */
const ROOM_MS = 30_000;

/**
 * Registers the whole conformance kit with vitest: one test for each law that is about a target of these capabilities, by topic.
 * There is no list of cases to leave out: a capability that is declared `false` brings the case that holds it to its word.
 */
export function describeTarget(name: string, harness: TargetHarness, sizes: Partial<KitSizes> = {}): void {
  const timeout = (sizes.caseTimeoutMs ?? DEFAULT_SIZES.caseTimeoutMs) + ROOM_MS;
  describe(name, async () => {
    const conditions = await conditionsOf(harness);
    const cases = conformanceCases.filter((conformanceCase) => applies(conformanceCase, conditions));
    for (const topic of new Set(cases.map((conformanceCase) => conformanceCase.topic))) {
      describe(topic, () => {
        for (const conformanceCase of cases) {
          if (conformanceCase.topic !== topic) continue;
          test(conformanceCase.name, { timeout }, () => runCase(conformanceCase, harness, sizes));
        }
      });
    }
  });
}
