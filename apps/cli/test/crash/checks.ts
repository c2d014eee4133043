import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isHoldfastError, listSnapshots, type SnapshotRecord, undoableRestores, verify } from '@holdfast/core';
import { withPlaces } from './places.js';

const run = promisify(execFile);

/** The folder of the program's own, in a target and in each snapshot. */
const OWN = '.holdfast';

/**
 * Every snapshot that is listed is whole, down to its last byte, and those that were there before still are.
 *
 * @returns the records, oldest first
 */
export async function assertAllWhole(address: string, before: readonly string[]): Promise<SnapshotRecord[]> {
  return withPlaces([address], async (target) => {
    const records: SnapshotRecord[] = [];
    try {
      for await (const listed of listSnapshots({ target })) {
        assert.ok(listed.status === 'ok', `${listed.id} is listed as ${listed.status}`);
        records.push(listed.record);
      }
      const { problems, snapshots } = await verify({ target, data: true });
      assert.deepEqual(problems, [], 'what verify finds');
      assert.equal(snapshots, records.length, 'snapshots verified');
    } catch (error) {
      // Killed before anything of Holdfast's was there.
      if (!isHoldfastError(error, 'NOT_A_TARGET')) throw error;
    }
    const ids = records.map(({ payload }) => payload.id);
    for (const id of before) assert.ok(ids.includes(id), `${id} is still there`);
    return records;
  });
}

/** Whoever looks into the folder with other tools sees these snapshots, whole, and nothing that could be taken for one. */
export function assertOnlyFolders(folder: string, ids: readonly string[]): void {
  assert.deepEqual(namesIn(folder), [...ids].sort());
  for (const id of ids) assert.ok(existsSync(join(folder, id, OWN, 'snapshot.json')), `${id} has its record`);
}

/** The same of a folder of archives: each of them is one that other tools open. */
export async function assertOnlyArchives(folder: string, ids: readonly string[]): Promise<void> {
  assert.deepEqual(namesIn(folder), ids.map((id) => `${id}.zip`).sort());
  for (const id of ids) await assertUnzips(join(folder, `${id}.zip`));
}

function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name !== OWN)
    .sort();
}

/** Info-ZIP reads every entry, and finds each checksum right. */
async function assertUnzips(archive: string): Promise<void> {
  await run('unzip', ['-tqq', archive], { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
}

/** Where a run may have left what is its own. */
export interface PlacesOfRun {
  readonly targets?: readonly string[];
  readonly destinations?: readonly string[];
  readonly states?: readonly string[];
  readonly temporary: string;
}

/** What a killed run has left is gone when the next one has ended well. */
export function assertNoResidue({ targets = [], destinations = [], states = [], temporary }: PlacesOfRun): void {
  for (const target of targets) assert.deepEqual(filesBelow(join(target, OWN, 'staging')), [], 'unfinished batches');
  for (const destination of destinations) {
    assert.ok(!existsSync(join(destination, '.holdfast-restore')), 'an unfinished restore');
  }
  for (const state of states) {
    // What a restore has replaced is kept there on purpose, for its undo: it belongs to one that can be undone.
    const undoable = new Set(undoableRestores(state).map(({ id }) => id));
    const isKept = (path: string): boolean => undoable.has(/^undo\/([^/]+)\//.exec(path)?.[1] ?? '');
    const unfinished = filesBelow(state).filter((path) => !/\.(json|jsonl)$/.test(path) && !isKept(path));
    assert.deepEqual(unfinished, [], 'unfinished files of the local state');
  }
  assert.deepEqual(filesBelow(temporary), [], 'temporary files');
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !lstatSync(join(folder, name)).isDirectory(),
  );
}
