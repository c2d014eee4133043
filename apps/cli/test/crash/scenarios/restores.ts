import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { restore } from '@holdfast/core';
import type { Base } from '../base.js';
import { assertNoResidue } from '../checks.js';
import { withPlaces } from '../places.js';
import type { Scenario, World } from '../scenario.js';
import { treeOf } from '../source-tree.js';
import { named } from './chosen-steps.js';

/** In a destination, while a restore runs: files that have no name yet. */
const STAGING = /^\.holdfast-restore(\/|$)/;

const intoOf = (world: World): string => join(world.root, 'restored');

/** A restore of the second snapshot, to a new folder or over what a restore of the first one gave. */
function restoreFrom(name: string, from: (base: Base) => string, overwrite: boolean): Scenario {
  const earlierOf = ({ earlierTree }: Base): Readonly<Record<string, string>> => (overwrite ? earlierTree : {});
  return {
    operation: 'restore',
    name,
    steps: named,
    async prepare(world) {
      if (!overwrite) return;
      const { earlierTree, ids } = world.base;
      await withPlaces([from(world.base)], (target) => restore({ target, into: intoOf(world), which: ids[0] }));
      assert.deepEqual(treeOf(intoOf(world)), earlierTree);
    },
    work: (world) => ({ operation: 'restore', from: from(world.base), into: intoOf(world), overwrite }),
    async check(world) {
      const earlier = earlierOf(world.base);
      const there = existsSync(intoOf(world)) ? treeOf(intoOf(world)) : {};
      for (const [path, facts] of Object.entries(there)) {
        if (STAGING.test(path)) continue;
        const whole = [world.base.tree[path], earlier[path]].map(ofItself);
        assert.ok(whole.includes(ofItself(facts)), `${path} is whole: ${facts}`);
      }
      for (const path of Object.keys(earlier)) assert.ok(path in there, `${path} was there, and still is`);
    },
    async again(world) {
      const into = intoOf(world);
      const { problems } = await withPlaces([from(world.base)], (target) => restore({ target, into, overwrite }));
      assert.deepEqual(problems, []);
      assert.deepEqual(treeOf(into), world.base.tree);
      assertNoResidue({ destinations: [into], temporary: world.temporary });
    },
  };
}

/** What is said of a file itself, not of its other names. A folder gets its mode and time when everything in it is there. */
function ofItself(facts: string | undefined): string | undefined {
  return facts?.replace(/^folder .*/s, 'folder').replace(/ = .*/s, '');
}

export const restores: readonly Scenario[] = [
  restoreFrom('into a new folder', ({ both }) => both.folder, false),
  restoreFrom('from an archive, over the files of the first snapshot', ({ both }) => `zip:${both.archives}`, true),
];
