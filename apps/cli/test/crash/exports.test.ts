/** `kill -9` while a workbook is exported: no half export is ever in anything that is listed. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listSnapshots } from '@holdfast/core';
import { expect, test } from 'vitest';
import { assertAllWhole, assertNoResidue, assertOnlyFolders } from './checks.js';
import { type Moment, type Operation, runChild } from './child.js';
import { withPlaces } from './places.js';
import { published } from './scenarios/chosen-steps.js';

const WORKBOOK = join(import.meta.dirname, '../fixtures/attendance.xlsx');
const LATER = join(import.meta.dirname, '../fixtures/attendance-later.xlsx');
const LIMIT_MS = 300_000;
const isLong = (process.env.HOLDFAST_TEST_LONG ?? '') !== '';
const SETTLED = 1_767_323_045;

interface Place {
  readonly root: string;
  readonly temporary: string;
  readonly folder: string;
  readonly work: Operation;
}

function newPlace(): Place {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-crash-exports-')));
  const [live, temporary, folder] = [join(root, 'data'), join(root, 'temporary'), join(root, 'folder')];
  for (const path of [live, join(live, 'sub'), temporary]) mkdirSync(path);
  for (const [from, name] of [
    [WORKBOOK, 'attendance.xlsx'],
    [LATER, 'sub/later.xlsx'],
  ] as const) {
    copyFileSync(from, join(live, name));
    utimesSync(join(live, name), SETTLED, SETTLED);
  }
  const sources = [{ path: live, exports: ['csv'] }];
  const work: Operation = { operation: 'backup', sources, stateDirectory: join(root, 'state'), targets: [folder] };
  return { root, temporary, folder, work };
}

async function run({ root, temporary, work }: Place, kill?: Moment) {
  // Of a world only these are used.
  const world = { root, temporary } as Parameters<typeof runChild>[1];
  return runChild(work, world, kill === undefined ? {} : { kill });
}

/** Whatever is listed is whole, with all of its exports. @returns how many exports each has. */
async function exportsOf({ folder }: Place): Promise<number[]> {
  const records = await assertAllWhole(folder, []);
  assertOnlyFolders(
    folder,
    records.map(({ payload }) => payload.id),
  );
  if (records.length === 0) return [];
  return withPlaces([folder], async (target) => {
    const counts: number[] = [];
    for await (const listed of listSnapshots({ target }))
      if (listed.status === 'ok') counts.push(listed.record.payload.counts.exports ?? 0);
    return counts;
  });
}

async function inNewPlace<Result>(work: (place: Place) => Promise<Result>): Promise<Result> {
  const place = newPlace();
  try {
    return await work(place);
  } finally {
    rmSync(place.root, { recursive: true, force: true });
  }
}

test.skipIf(process.platform === 'win32')(
  'a backup with exports may be killed at a put of one, and at a step of its commit: what is listed has all of them, and nothing is left behind',
  async () => {
    const course = await inNewPlace(async (place) => {
      const ending = await run(place);
      assert.equal(ending.how, 'done', JSON.stringify(ending));
      return { steps: ending.how === 'done' ? ending.steps : [], all: (await exportsOf(place))[0] ?? 0 };
    });
    expect(course.all).toBeGreaterThan(2);
    const commits = new Set(published(course.steps));
    const all = course.steps.filter((step) => commits.has(step) || /^(before|after) put .*_backup/.test(step));
    expect(all.filter((step) => step.includes('_backup')).length).toBeGreaterThanOrEqual(2 * course.all);
    // A short run takes some of each kind: what a commit does is tried elsewhere at each of its steps.
    const steps = isLong ? all : all.filter((step, at) => / commit /.test(step) || at % 7 === 3);
    for (const at of steps) {
      await inNewPlace(async (place) => {
        const ending = await run(place, { at });
        assert.equal(ending.how, 'killed', `at ${at}: ${JSON.stringify(ending)}`);
        for (const count of await exportsOf(place)) assert.equal(count, course.all, `killed at ${at}`);
        const again = await run(place);
        assert.equal(again.how, 'done', `again, after ${at}: ${JSON.stringify(again)}`);
        const counts = await exportsOf(place);
        assert.equal(counts.at(-1), course.all);
        assertNoResidue({ targets: [place.folder], temporary: place.temporary });
      });
    }
    console.log(`a backup with exports was killed at ${steps.length} points`);
  },
  LIMIT_MS,
);
