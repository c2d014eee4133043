/**
 * `kill -9`, everywhere: a process runs one operation and ends itself by SIGKILL at a step, or at a time drawn at random; then
 * what it left is looked at, and the operation is run again. The steps are those that an undisturbed run has told, by their
 * names, so that each is met; of several that leave the same, one is. HOLDFAST_TEST_LONG=true stops at every call that changes
 * a file system or a target; HOLDFAST_TEST_SEED repeats the times of another run.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Base } from './base.js';
import { hasS3, makeBaseWithBucket, reportS3Case } from './bucket.js';
import { courseOf, killAtSteps, killAtTimes } from './kills.js';
import type { Scenario } from './scenario.js';
import { backups, backupsToBucket, moreBackups } from './scenarios/backups.js';
import { guards } from './scenarios/guards.js';
import { mirrors, mirrorsToBucket } from './scenarios/mirrors.js';
import { removals } from './scenarios/removals.js';
import { restores } from './scenarios/restores.js';
import { restoresInPlace } from './scenarios/restores-in-place.js';
import { seeded } from './seeded.js';

const isLong = (process.env.HOLDFAST_TEST_LONG ?? '') !== '';
const seed = Number(process.env.HOLDFAST_TEST_SEED ?? Date.now() % 2 ** 31);

/** For each operation, shared out among its scenarios. */
const RANDOM_TIMES = isLong ? 200 : 20;
const RANDOM_TIMES_OF_STORE = isLong ? 50 : 4;
const LEAST_POINTS = 200;
const LIMIT_MS = isLong ? 3_600_000 : 300_000;

const points = { backup: 0, restore: 0, guard: 0, mirror: 0, remove: 0, undo: 0, prune: 0 };
let base: Base;
beforeAll(async () => {
  base = await makeBaseWithBucket();
});
afterAll(() => base?.remove());

const LAW = 'may be killed at any moment: all that is listed is whole, nothing is lost, the next run completes';

describe.skipIf(process.platform === 'win32')('kill -9', () => {
  const perOperation = [
    [...backups, ...(isLong ? moreBackups : [])],
    [...restores, ...restoresInPlace],
    guards,
    mirrors,
    removals,
  ];
  for (const scenarios of perOperation) {
    for (const scenario of scenarios) {
      const times = (isLong ? undefined : scenario.randomTimes) ?? Math.ceil(RANDOM_TIMES / scenarios.length);
      test(`a ${scenario.operation} ${scenario.name} ${LAW}`, () => kill(scenario, times), LIMIT_MS);
    }
  }
  for (const scenario of [...backupsToBucket, ...mirrorsToBucket]) {
    const lacking = hasS3 ? '' : ' [needs s3]';
    test.skipIf(!hasS3)(
      `a ${scenario.operation} ${scenario.name} ${LAW}${lacking}`,
      async () => {
        await kill(scenario, RANDOM_TIMES_OF_STORE);
        reportS3Case(`killed ${scenario.operation}`);
      },
      LIMIT_MS,
    );
  }

  test(`was tried at ${LEAST_POINTS} points at least`, () => {
    const sum = Object.values(points).reduce((total, count) => total + count, 0);
    const each = Object.entries(points).map(([operation, count]) => `${operation} ${count}`);
    process.stdout.write(`killed at ${sum} points: ${each.join(', ')} (HOLDFAST_TEST_SEED=${seed})\n`);
    expect(sum).toBeGreaterThanOrEqual(LEAST_POINTS);
  });
});

async function kill(scenario: Scenario, times: number): Promise<void> {
  const course = await courseOf(base, scenario);
  const steps = isLong ? course.steps : scenario.steps(course.steps);
  expect(steps).not.toEqual([]);
  points[scenario.operation] += await killAtSteps(base, scenario, steps);
  points[scenario.operation] += await killAtTimes(base, scenario, times, { course, random: seeded(seed) });
}
