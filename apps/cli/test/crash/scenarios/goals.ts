import assert from 'node:assert/strict';
import { join } from 'node:path';
import { mirror, type SnapshotRecord } from '@holdfast/core';
import type { Base } from '../base.js';
import { assertAllWhole, assertNoResidue, assertOnlyArchives, assertOnlyFolders } from '../checks.js';
import { copyTree, withPlaces } from '../places.js';
import type { World } from '../scenario.js';

/** A target that a killed operation writes to. */
export interface Goal {
  address(world: World): string;
  /** Puts there what it begins with. */
  seed(world: World): Promise<void>;
  /** The ids of these snapshots. */
  before(base: Base): readonly string[];
  /** What whoever looks with other tools must see, beside the snapshots of these ids: nothing. */
  look(world: World, ids: readonly string[]): Promise<void>;
  /** Its folder on this machine. */
  folder?(world: World): string;
}

const folderOf = (world: World): string => join(world.root, 'folder');
const archivesOf = (world: World): string => join(world.root, 'archives');

const aFolder = {
  address: folderOf,
  folder: folderOf,
  look: async (world: World, ids: readonly string[]) => assertOnlyFolders(folderOf(world), ids),
};

/** A folder that is not there yet. */
export const newFolder: Goal = { ...aFolder, before: () => [], seed: async () => undefined };

/** A folder that holds the first snapshot. */
export const folderWithFirst: Goal = {
  ...aFolder,
  before: ({ ids }) => [ids[0]],
  seed: (world) => copyTree(world.base.first.folder, folderOf(world)),
};

/** A folder of archives that holds the first snapshot. */
export const archivesWithFirst: Goal = {
  address: (world) => `zip:${archivesOf(world)}`,
  folder: archivesOf,
  before: ({ ids }) => [ids[0]],
  seed: (world) => copyTree(world.base.first.archives, archivesOf(world)),
  look: (world, ids) => assertOnlyArchives(archivesOf(world), ids),
};

/** A prefix of the bucket that holds the first snapshot. Objects of a killed run stay there: nobody takes them for a snapshot. */
export const bucketWithFirst: Goal = {
  address: (world) => `s3://${world.prefix}`,
  before: ({ ids }) => [ids[0]],
  async seed(world) {
    await withPlaces([world.base.first.folder, `s3://${world.prefix}`], (from, to) => mirror({ from, to }));
  },
  look: async () => undefined,
};

/**
 * Every snapshot there is whole, those of the beginning too, and nothing else looks like one.
 *
 * @returns the records, oldest first
 */
export async function checkGoal(goal: Goal, world: World): Promise<SnapshotRecord[]> {
  const records = await assertAllWhole(goal.address(world), goal.before(world.base));
  const ids = records.map(({ payload }) => payload.id);
  await goal.look(world, ids);
  for (const { payload } of records) {
    if (payload.id === world.base.ids[0]) continue;
    assert.equal(payload.contentsSha256, world.base.contentsSha256, `${payload.id} holds the live files`);
  }
  return records;
}

/** Nothing of the killed run is left once another one has ended well. */
export function checkResidue(goals: readonly Goal[], world: World, state?: string): void {
  const targets = goals.flatMap((goal) => goal.folder?.(world) ?? []);
  assertNoResidue({ targets, states: state === undefined ? [] : [state], temporary: world.temporary });
}
