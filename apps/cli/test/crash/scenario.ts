import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Base } from './base.js';
import type { Operation } from './child.js';
import type { StepChoice } from './scenarios/chosen-steps.js';

/** A place in which one operation is killed once. */
export interface World {
  readonly base: Base;
  /** Holds everything on this machine that the operation may change. */
  readonly root: string;
  /** The temporary folder of the killed process. */
  readonly temporary: string;
  /** A prefix of its own in the bucket of the base. */
  readonly prefix: string;
}

/** One operation in one kind of place, and what must hold however it ends. */
export interface Scenario {
  readonly operation: Operation['operation'];
  /** Goes on after "a backup", "a restore", "a mirror". */
  readonly name: string;
  /** Where a short run kills it. */
  readonly steps: StepChoice;
  /** At how many random times a short run kills it, if not at as many as others. */
  readonly randomTimes?: number;
  /** Fills a new world. */
  prepare(world: World): Promise<void>;
  work(world: World): Operation;
  /** Holds at every instant, so also after the operation was killed. */
  check(world: World): Promise<void>;
  /** Does the same again, to its end, and holds what came of it against what should have. */
  again(world: World): Promise<void>;
}

/** A file system for worlds. */
export interface Disk {
  mount(root: string): void;
  unmount(root: string): void;
}

/** Runs a piece of work in a new world of the scenario, on a disk of its own if one is given. It goes away afterwards. */
export async function inNewWorld<Result>(
  base: Base,
  scenario: Scenario,
  work: (world: World) => Promise<Result>,
  disk?: Disk,
): Promise<Result> {
  const root = mkdtempSync(join(base.root, 'world-'));
  disk?.mount(root);
  const world = { base, root, temporary: join(root, 'temporary'), prefix: `${base.bucket}/${root.slice(-6)}` };
  try {
    mkdirSync(world.temporary);
    await scenario.prepare(world);
    return await work(world);
  } finally {
    disk?.unmount(root);
    rmSync(root, { recursive: true, force: true });
  }
}
