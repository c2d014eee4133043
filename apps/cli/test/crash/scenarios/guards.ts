import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { guard, leftGuards, rollBackGuard } from '@holdfast/core';
import { assertAllWhole } from '../checks.js';
import { disturb } from '../child/disturb.mjs';
import { copyTree, withPlaces } from '../places.js';
import type { Scenario, World } from '../scenario.js';
import { treeOf } from '../source-tree.js';
import type { StepChoice } from './chosen-steps.js';

const liveOf = (world: World): string => join(world.root, 'live');
const stateOf = (world: World): string => join(world.root, 'state');
const storeOf = (world: World): string => join(world.root, 'store');
const sourcesOf = (world: World) => [
  { path: join(liveOf(world), 'data') },
  { path: join(liveOf(world), 'ledger.csv') },
];

/** Of so many steps with files one is chosen. */
const EACH = 12;

/** Wherever the notes of the run or its snapshot are something else afterwards, and here and there among the files. */
const changed: StepChoice = (steps) => {
  const names = /^(rename|link|unlink|rmdir|symlink) /;
  const ofRun = /\/guards\/|\/store\/[^/]*$|\/store\/\.holdfast\/(trash|pruned)\//;
  const files = steps.filter((step) => names.test(step) && !ofRun.test(step));
  const chosen = new Set(files.filter((_, index) => index % EACH === 0));
  return steps.filter((step) => chosen.has(step) || (names.test(step) && ofRun.test(step)));
};

/** The action disturbs what the first user keeps, and fails or not. */
function guardedRun(name: string, fails: boolean): Scenario {
  return {
    operation: 'guard',
    name,
    steps: changed,
    randomTimes: 4,
    async prepare(world) {
      await copyTree(join(world.base.root, 'live'), liveOf(world));
    },
    work: (world) => ({
      operation: 'guard',
      sources: sourcesOf(world),
      stateDirectory: stateOf(world),
      from: storeOf(world),
      live: liveOf(world),
      fails,
    }),
    async check(world) {
      const records = await assertAllWhole(storeOf(world), []);
      assert.ok(records.length <= 1, 'there is one snapshot at most');
      const left = leftGuards(stateOf(world));
      assert.ok(
        left.length <= 1 && left.every(({ state }) => state === 'interrupted'),
        'it is announced as what it is',
      );
      if (left.length > 0) assert.equal(records.length, 1, 'what is announced can be rolled back');
      const now = ofContent(treeOf(liveOf(world)));
      const before = ofContent(world.base.tree);
      if (left.length > 0 || same(now, before)) return;
      assert.ok(!fails && same(now, ofContent(await disturbed(world))), 'what is half changed is announced');
    },
    async again(world) {
      const stateDirectory = stateOf(world);
      const [left] = leftGuards(stateDirectory);
      await withPlaces([storeOf(world)], async (target) => {
        if (left !== undefined) {
          const done = await rollBackGuard({ id: left.id, target, stateDirectory });
          assert.deepEqual(done.problems, []);
          assert.deepEqual(treeOf(liveOf(world)), world.base.tree);
        }
        await guard({ sources: sourcesOf(world), target, stateDirectory }, () => undefined);
      });
      assert.deepEqual(leftGuards(stateDirectory), []);
      assert.deepEqual(await assertAllWhole(storeOf(world), []), [], 'no snapshot is left');
      assert.deepEqual(readdirSync(join(stateDirectory, 'guards')), [], 'no notes are left');
      for (const folder of [liveOf(world), join(liveOf(world), 'data')])
        assert.ok(!existsSync(join(folder, '.holdfast-restore')), 'nothing is staged');
    },
  };
}

export const guards: readonly Scenario[] = [
  guardedRun('whose action fails', true),
  guardedRun('whose action succeeds', false),
];

/** The live files as the action leaves them. */
async function disturbed(world: World): Promise<Readonly<Record<string, string>>> {
  const other = join(world.root, 'other');
  await copyTree(join(world.base.root, 'live'), other);
  disturb(other);
  return treeOf(other);
}

/** Without times and modes: those of what the action makes are those of the day. */
function ofContent(tree: Readonly<Record<string, string>>): Record<string, string> {
  const staged = /(^|\/)\.holdfast-(restore|undo)(\/|$)/;
  const kept = Object.entries(tree).filter(([path]) => !staged.test(path));
  return Object.fromEntries(kept.map(([path, what]) => [path, what.replace(/^(folder|file) \S+ -?\d+/, '$1')]));
}

function same(left: Record<string, string>, right: Record<string, string>): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
