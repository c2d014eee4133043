import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { backup, interruptedRestores, restore } from '@holdfast/core';
import { assertNoResidue } from '../checks.js';
import { disturb } from '../child/disturb.mjs';
import { copyTree, withPlaces } from '../places.js';
import type { Scenario, World } from '../scenario.js';
import { treeOf } from '../source-tree.js';
import type { StepChoice } from './chosen-steps.js';

const STAGING = /(^|\/)\.holdfast-restore(\/|$)/;

/** The live files lie in the world itself: a restore in place changes them. */
const liveOf = (world: World): string => join(world.root, 'live');
const stateOf = (world: World): string => join(world.root, 'state');
const storeOf = (world: World): string => join(world.root, 'store');
/** The live files as they were when the snapshot was taken, and as they were before the restore. */
const facts = new WeakMap<World, { readonly wanted: Facts; readonly before: Facts; readonly id: string }>();

type Facts = Readonly<Record<string, string>>;

/** Wherever something gets its name, or goes. */
const changed: StepChoice = (steps) => steps.filter((step) => /^(rename|link|unlink|rmdir|symlink) /.test(step));

export const restoresInPlace: readonly Scenario[] = [
  {
    operation: 'restore',
    name: 'in place, which deletes',
    steps: changed,
    async prepare(world) {
      const live = liveOf(world);
      const [stateDirectory, data] = [stateOf(world), join(live, 'data')];
      await copyTree(join(world.base.root, 'live'), live);
      const sources = [{ path: data }, { path: join(live, 'ledger.csv') }];
      const wanted = treeOf(live);
      const { snapshotId: id } = await withPlaces([storeOf(world)], (target) =>
        backup({ sources, targets: [target], stateDirectory }),
      );
      disturb(live);
      facts.set(world, { wanted, before: treeOf(live), id });
    },
    work: (world) => ({
      operation: 'restore',
      from: storeOf(world),
      which: factsOf(world).id,
      stateDirectory: stateOf(world),
    }),
    async check(world) {
      const { wanted, before } = factsOf(world);
      const there = treeOf(liveOf(world));
      let mixed = false;
      for (const [path, now] of Object.entries(there)) {
        if (STAGING.test(path)) continue;
        const whole = [wanted[path], before[path]].map(ofItself);
        assert.ok(whole.includes(ofItself(now)), `${path} is whole: ${now}`);
        mixed ||= ofItself(now) !== ofItself(wanted[path]);
      }
      // What goes was listed, and what comes is in place before anything else goes.
      for (const path of Object.keys(before))
        assert.ok(
          path in there || !(path in wanted) || before[path] !== wanted[path],
          `${path} was there, and still is`,
        );
      const isAnnounced = interruptedRestores(stateOf(world)).length > 0;
      const isUntouched = Object.keys(before).every((path) => ofItself(there[path]) === ofItself(before[path]));
      if (mixed && !isUntouched) assert.ok(isAnnounced, 'the mix is announced');
    },
    async again(world) {
      const { wanted, id: which } = factsOf(world);
      const stateDirectory = stateOf(world);
      const { problems } = await withPlaces([storeOf(world)], (target) =>
        restore({ target, which, stateDirectory, delete: true }),
      );
      assert.deepEqual(problems, []);
      assert.deepEqual(treeOf(liveOf(world)), wanted);
      assert.deepEqual(interruptedRestores(stateDirectory), []);
      const destinations = [liveOf(world), join(liveOf(world), 'data')];
      assertNoResidue({ destinations, states: [stateDirectory], temporary: world.temporary });
    },
  },
];

function factsOf(world: World): { readonly wanted: Facts; readonly before: Facts; readonly id: string } {
  const found = facts.get(world);
  assert.ok(found !== undefined && existsSync(liveOf(world)));
  return found;
}

/** What is said of a file itself, not of its other names, and of folders and links only what they are. */
function ofItself(what: string | undefined): string | undefined {
  return what?.replace(/^folder .*/s, 'folder').replace(/ = .*/s, '');
}
