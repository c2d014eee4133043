import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  findRemovable,
  findSnapshot,
  flagsOf,
  listSnapshots,
  mirror,
  remove,
  undoRemoval,
  verify,
} from '../src/index.js';
import { memoryTarget } from '../src/testing/index.js';
import { craft, folder } from './crafted.js';
import { Lab } from './lab.js';
import { all } from './workspace.js';

const at = (time: string) => ({ clock: { now: () => new Date(time) } });

describe('the newest snapshot', () => {
  it('is the one that was taken last, also when the clock was set back in between; that one is flagged', async () => {
    const lab = new Lab({ a: '1' });
    await lab.backup(at('2026-06-02T00:00:00Z'));
    writeFileSync(lab.path('a'), '2');
    const second = await lab.backup(at('2026-06-01T00:00:00Z'));
    expect(second.flags).toEqual(['clock']);
    expect(second.notes.map(({ code }) => code)).toContain('CLOCK_BACK');
    expect((await findSnapshot({ target: lab.target })).id).toBe(second.snapshotId);
    const third = await lab.backup(at('2026-06-01T00:01:00Z'));
    expect(third).toMatchObject({ flags: [], parent: second.snapshotId });
  });

  it('is not for ever the one that was taken when the clock stood in 2038', async () => {
    const lab = new Lab({ a: '1' });
    await lab.backup(at('2026-06-01T00:00:00Z'));
    const future = await lab.backup(at('2038-01-19T03:14:08Z'));
    expect((await findSnapshot({ target: lab.target })).id).toBe(future.snapshotId);
    writeFileSync(lab.path('a'), '2');
    const back = await lab.backup(at('2026-06-02T00:00:00Z'));
    expect(back).toMatchObject({ flags: ['clock'], parent: future.snapshotId });
    expect((await findSnapshot({ target: lab.target })).id).toBe(back.snapshotId);
    const next = await lab.backup(at('2026-06-03T00:00:00Z'));
    expect(next).toMatchObject({ flags: [], parent: back.snapshotId });
    // In the listing they stand by their ids, which are times; what is newest a listing does not say.
    const ids = (await all(listSnapshots({ target: lab.target }))).map(({ id }) => id);
    expect(ids.at(-1)).toBe(future.snapshotId);
    expect((await verify({ target: lab.target, data: true })).whole).toBe(true);
  });

  it('is the same in a mirror', async () => {
    const lab = new Lab({ a: '1' });
    await lab.backup(at('2038-01-01T00:00:00Z'));
    const last = await lab.backup(at('2026-06-02T00:00:00Z'));
    const to = memoryTarget({ url: 'memory:to' });
    await mirror({ from: lab.target, to });
    expect((await findSnapshot({ target: to })).id).toBe(last.snapshotId);
  });

  it('among different sources is the one taken last, and that a choice was made is said', async () => {
    const lab = new Lab({ a: '1' });
    await lab.backup(at('2026-06-01T00:00:00Z'));
    const other = await lab.backup({ ...at('2026-06-02T00:00:00Z'), sources: [{ path: lab.path('a') }] });
    const found = await findSnapshot({ target: lab.target });
    expect(found.id).toBe(other.snapshotId);
    expect(found.choice).toContain('2 different lines of sources');
  });

  it('is found among a thousand without comparing each with each', async () => {
    const store = craft([folder('data')]);
    for (let number = 0; number < 1000; number += 1) {
      craft([folder('data')], { store, id: `x${number}`, payload: { sequence: (number * 7) % 1000 } });
    }
    // 7 * 857 = 5999
    expect((await findSnapshot({ target: memoryTarget({ store }) })).id).toBe('x857');
  });
});

describe('a time that cannot be right', () => {
  it('flags its snapshot for whoever looks, once it lies more than a day ahead', async () => {
    const lab = new Lab({ a: '1' });
    await lab.backup(at('2038-01-19T03:14:08Z'));
    const { record } = await findSnapshot({ target: lab.target });
    const lookedAt = (time: string): readonly string[] => flagsOf(record.payload, new Date(time));
    // The clock that gave the time saw nothing wrong with it.
    expect(record.payload.flags).toEqual([]);
    expect(lookedAt('2026-06-01T00:00:00Z')).toEqual(['clock']);
    expect(lookedAt('2038-01-18T03:14:07Z')).toEqual(['clock']);
    expect(lookedAt('2038-01-18T03:14:08Z')).toEqual([]);
    expect(lookedAt('2040-01-01T00:00:00Z')).toEqual([]);
    expect(flagsOf({ flags: ['clock'], createdAt: '2038-01-01T00:00:00Z' }, new Date(0))).toEqual(['clock']);
  });
});

describe('a sequence number', () => {
  it('counts what was removed: brought back, it is no newer than what came after it', async () => {
    const lab = new Lab({ a: '1' });
    await lab.backup(at('2026-06-01T00:00:00Z'));
    const removed = await lab.backup(at('2026-06-03T00:00:00Z'));
    await remove({ target: lab.target, snapshots: await findRemovable({ target: lab.target, which: ['latest'] }) });
    const after = await lab.backup(at('2026-06-02T00:00:00Z'));
    await undoRemoval({ target: lab.target });
    const sequences = new Map(
      (await all(listSnapshots({ target: lab.target }))).map((item) => [
        item.id,
        item.status === 'ok' ? item.record.payload.sequence : 0,
      ]),
    );
    expect([sequences.get(removed.snapshotId), sequences.get(after.snapshotId)]).toEqual([2, 3]);
    expect((await findSnapshot({ target: lab.target })).id).toBe(after.snapshotId);
  });

  it('at the end of all numbers does not stop the next backup', async () => {
    const lab = new Lab({ a: '1' });
    const { sources } = await lab.backup();
    craft([folder('data')], { store: lab.store, payload: { sequence: Number.MAX_SAFE_INTEGER, sources } });
    expect(await lab.backup()).toMatchObject({ problemCount: 0, targets: [{ committed: true }] });
  });

  it('counts in each line of sources by itself', async () => {
    const lab = new Lab({ a: '1', 'sub/b': '2' });
    await lab.backup();
    await lab.backup();
    await lab.backup({ sources: [{ path: lab.path('sub') }] });
    const sequences = (await all(listSnapshots({ target: lab.target }))).map((item) =>
      item.status === 'ok' ? item.record.payload.sequence : 0,
    );
    expect(sequences).toEqual([1, 2, 1]);
  });
});
