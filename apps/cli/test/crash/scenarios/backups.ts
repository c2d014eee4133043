import assert from 'node:assert/strict';
import { join } from 'node:path';
import { backup } from '@holdfast/core';
import { copyTree, withPlaces } from '../places.js';
import type { Scenario, World } from '../scenario.js';
import { published, putOrPublished, putToStore, type StepChoice } from './chosen-steps.js';
import {
  archivesWithFirst,
  bucketWithFirst,
  checkGoal,
  checkResidue,
  folderWithFirst,
  type Goal,
  newFolder,
} from './goals.js';

/** Where the command line keeps it, with `XDG_STATE_HOME` in the world. */
const stateOf = (world: World): string => join(world.root, 'state', 'holdfast');

/** A backup of the live files, to goals that all have the first snapshot of them, or none. */
function backupTo(name: string, steps: StepChoice, ...goals: readonly Goal[]): Scenario {
  return {
    operation: 'backup',
    name,
    steps,
    async prepare(world) {
      for (const goal of goals) await goal.seed(world);
      const known = goals.some((goal) => goal.before(world.base).length > 0);
      if (known) await copyTree(world.base.first.state, stateOf(world));
    },
    work: (world) => ({
      operation: 'backup',
      sources: world.base.sources,
      stateDirectory: stateOf(world),
      targets: goals.map((goal) => goal.address(world)),
    }),
    async check(world) {
      for (const goal of goals) await checkGoal(goal, world);
    },
    async again(world) {
      const { sources } = world.base;
      const addresses = goals.map((goal) => goal.address(world));
      const { problems, snapshotId, targets } = await withPlaces(addresses, (...opened) =>
        backup({ sources, targets: opened, stateDirectory: stateOf(world) }),
      );
      assert.deepEqual(problems, []);
      assert.ok(targets.every(({ committed }) => committed));
      for (const goal of goals) {
        const records = await checkGoal(goal, world);
        assert.equal(records.at(-1)?.payload.id, snapshotId);
        const sequences = records.map(({ payload }) => payload.sequence);
        assert.deepEqual(
          sequences,
          [...new Set(sequences)].sort((left, right) => left - right),
          'each snapshot counts on from the one before',
        );
      }
      checkResidue(goals, world, stateOf(world));
    },
  };
}

/** There is a snapshot, and most of the files are as they were. */
export const backupThatShares: Scenario = backupTo(
  'to a folder that shares what has not changed',
  putOrPublished,
  folderWithFirst,
);
/** There is nothing: no target, no local state. */
export const firstBackup: Scenario = backupTo('to a new folder, the first of its source', published, newFolder);

export const backups: readonly Scenario[] = [
  backupThatShares,
  firstBackup,
  backupTo('to a folder of archives', putOrPublished, archivesWithFirst),
];

/** Takes longer, and shows little that the others do not. */
export const moreBackups: readonly Scenario[] = [
  backupTo('to a folder and to a folder of archives at once', putOrPublished, folderWithFirst, archivesWithFirst),
];

export const backupsToBucket: readonly Scenario[] = [backupTo('to S3', putToStore, bucketWithFirst)];
