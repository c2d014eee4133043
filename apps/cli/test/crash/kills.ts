import type { Base } from './base.js';
import { type Moment, runChild } from './child.js';
import { inNewWorld, type Scenario } from './scenario.js';
import type { Random } from './seeded.js';

/** How many processes are killed side by side. */
const AT_ONCE = 2;
/** A random moment at which the operation had ended already is drawn again so often: machines are not always equally fast. */
const MOST_DRAWS = 20;

/** What an undisturbed run tells. */
export interface Course {
  /** Every step that changes something, by its label. */
  readonly steps: readonly string[];
  readonly durationMs: number;
}

/** Runs the scenario undisturbed: that must go well, too. */
export async function courseOf(base: Base, scenario: Scenario): Promise<Course> {
  return inNewWorld(base, scenario, async (world) => {
    const ending = await runChild(scenario.work(world), world);
    if (ending.how !== 'done' || ending.problems.length > 0) {
      throw new Error(`${titleOf(scenario)}, undisturbed: ${JSON.stringify(ending)}`);
    }
    await scenario.check(world);
    await scenario.again(world);
    return ending;
  });
}

/** Kills the scenario at each of the steps. @returns how many were killed: all of them, or this throws. */
export async function killAtSteps(base: Base, scenario: Scenario, steps: readonly string[]): Promise<number> {
  return sideBySide(steps, async (at) => {
    const durationMs = await strike(base, scenario, { at });
    if (durationMs !== undefined) throw new Error(`${titleOf(scenario)} never took this step: ${at}`);
  });
}

/** Kills the scenario at so many times, spread over its duration. @returns how many were killed: all of them, or this throws. */
export async function killAtTimes(
  base: Base,
  scenario: Scenario,
  count: number,
  { course, random }: { readonly course: Course; readonly random: Random },
): Promise<number> {
  const parts = Array.from({ length: count }, (_, part) => part);
  return sideBySide(parts, async (part) => {
    let limitMs = course.durationMs;
    let share = (part + random()) / count;
    for (let draw = 1; draw <= MOST_DRAWS; draw += 1) {
      const durationMs = await strike(base, scenario, { afterMs: share * limitMs });
      if (durationMs === undefined) return;
      limitMs = Math.min(limitMs, durationMs);
      share = random();
    }
    throw new Error(`${titleOf(scenario)} had always ended before its time came`);
  });
}

/**
 * Kills once, and holds everything that must be so afterwards.
 *
 * @returns nothing if it was killed; how long it took if it ended before
 */
async function strike(base: Base, scenario: Scenario, moment: Moment): Promise<number | undefined> {
  return inNewWorld(base, scenario, async (world) => {
    try {
      const ending = await runChild(scenario.work(world), world, { kill: moment });
      if (ending.how === 'failed') throw new Error(`it ended with ${ending.status}: ${ending.complaint}`);
      if (ending.how === 'done') return ending.durationMs;
      await scenario.check(world);
      await scenario.again(world);
      return undefined;
    } catch (error) {
      const when = 'at' in moment ? moment.at : `${moment.afterMs.toFixed(2)} ms`;
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${titleOf(scenario)}, killed at ${when}: ${reason}`, { cause: error });
    }
  });
}

/** Does all of the work, some of it at once. The first failure is thrown when nothing is under way any more. */
async function sideBySide<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<number> {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return items.length;
}

function titleOf({ operation, name }: Scenario): string {
  return `a ${operation} ${name}`;
}
