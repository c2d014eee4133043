import assert from 'node:assert/strict';
import { mirror } from '@holdfast/core';
import type { Base } from '../base.js';
import { withPlaces } from '../places.js';
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

/** A mirror of both snapshots. */
function mirrorTo(name: string, steps: StepChoice, from: (base: Base) => string, goal: Goal): Scenario {
  const check = async (world: World): Promise<string[]> => {
    const ids = (await checkGoal(goal, world)).map(({ payload }) => payload.id);
    assert.deepEqual(ids, world.base.ids.slice(0, ids.length), 'the older one is there first');
    return ids;
  };
  return {
    operation: 'mirror',
    name,
    steps,
    prepare: (world) => goal.seed(world),
    work: (world) => ({ operation: 'mirror', from: from(world.base), to: goal.address(world) }),
    async check(world) {
      await check(world);
    },
    async again(world) {
      const addresses = [from(world.base), goal.address(world)];
      await withPlaces(addresses, async (source, to) => {
        const { problems, equal, copiedSnapshots } = await mirror({ from: source, to });
        assert.deepEqual(problems, []);
        assert.ok(equal);
        // Sweeping is for the next batch; a mirror that has nothing to copy begins none.
        if (copiedSnapshots === 0) await (await to.begin({ root: 'sweeping' })).abort();
      });
      assert.deepEqual(await check(world), world.base.ids);
      checkResidue([goal], world);
    },
  };
}

const fromFolder = ({ both }: Base): string => both.folder;
const fromArchives = ({ both }: Base): string => `zip:${both.archives}`;

export const mirrors: readonly Scenario[] = [
  mirrorTo('of a folder to a new folder', published, fromFolder, newFolder),
  mirrorTo('of a folder to archives that have the first snapshot', published, fromFolder, archivesWithFirst),
  mirrorTo('of archives to a folder that has the first snapshot', putOrPublished, fromArchives, folderWithFirst),
];

export const mirrorsToBucket: readonly Scenario[] = [
  mirrorTo('of a folder to S3', putToStore, fromFolder, bucketWithFirst),
];
