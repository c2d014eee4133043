import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  abandonRestore,
  beginRestore,
  endRestore,
  type InterruptedRestore,
  interruptedRestores,
} from './restore-journal.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-restoring-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const JOB: InterruptedRestore = {
  snapshotId: '20261126T034712338Z-885f5eea',
  target: 'file:///store',
  places: ['/srv/data'],
  patterns: [],
  exclude: [],
  deletes: false,
  startedAt: '2026-11-26T03:47:12.338Z',
};
const OTHER_ID = '20261127T034712338Z-00000000';

/** As if the process that noted it had been killed. */
function kill(file: string): void {
  const text = readFileSync(file, 'utf8');
  const killed = text.replace(/"pid": \d+/, `"pid": ${2 ** 30}`).replace(/"startTime": "\d+"/, '"startTime": "1"');
  expect(killed).not.toBe(text);
  writeFileSync(file, killed);
}

/** Runs a job to its end. */
async function run(job: InterruptedRestore): Promise<void> {
  await endRestore(folder, await beginRestore(folder, job), job);
}

describe('the note of a restore in place', () => {
  it('of one that still runs is not ended by another one: killed, it is announced', async () => {
    const running = await beginRestore(folder, JOB);
    await run(JOB);
    await run({ ...JOB, deletes: true });
    expect(interruptedRestores(folder)).toEqual([]);
    kill(running);
    expect(interruptedRestores(folder)).toEqual([JOB]);
  });

  it.each<[string, Partial<InterruptedRestore>, Partial<InterruptedRestore>]>([
    ['it was to delete, and that one did not', { deletes: true }, {}],
    ['that one was of another snapshot, and deleted nothing', {}, { snapshotId: OTHER_ID }],
    ['that one chose something else', { patterns: ['a'] }, { patterns: ['b'] }],
    ['that one chose a part of it', {}, { patterns: ['a'] }],
    ['that one was to leave something alone', {}, { exclude: ['a'], deletes: true }],
    [
      'that one was of another snapshot, and left something alone',
      {},
      { snapshotId: OTHER_ID, exclude: ['a'], deletes: true },
    ],
    ['that one did not come to all of its places', { places: ['/srv/data', '/srv/more'] }, {}],
  ])('stays after another restore has done its work, when %s', async (_, killed, later) => {
    kill(await beginRestore(folder, { ...JOB, ...killed }));
    await run({ ...JOB, ...later });
    expect(interruptedRestores(folder)).toEqual([{ ...JOB, ...killed }]);
  });

  it.each<[string, Partial<InterruptedRestore>, Partial<InterruptedRestore>]>([
    [
      'was the same',
      { patterns: ['a'], exclude: ['b'], deletes: true },
      { patterns: ['a'], exclude: ['b'], deletes: true },
    ],
    ['did more: it deleted, too', {}, { deletes: true }],
    ['did more: it chose everything', { patterns: ['a'], exclude: ['b'] }, {}],
    ['did more: in further places', {}, { places: ['/srv/more', '/srv/data'] }],
    [
      'made of its places another snapshot, and nothing but that',
      { deletes: true },
      { snapshotId: OTHER_ID, deletes: true },
    ],
  ])('goes when one has done its work that %s', async (_, killed, later) => {
    kill(await beginRestore(folder, { ...JOB, ...killed }));
    await run({ ...JOB, ...later });
    expect(interruptedRestores(folder)).toEqual([]);
  });

  it('is one, however often the same job could not be done, and says so', async () => {
    kill(await beginRestore(folder, JOB));
    const missed = { ...JOB, missed: true };
    for (let times = 0; times < 2; times++) await abandonRestore(folder, await beginRestore(folder, JOB), missed);
    expect(interruptedRestores(folder)).toEqual([missed]);
    await run(JOB);
    expect(interruptedRestores(folder)).toEqual([]);
  });
});
