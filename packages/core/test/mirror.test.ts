import { linkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type BackupTarget, isHoldfastError, isTargetError, listSnapshots, mirror, verify } from '../src/index.js';
import {
  corrupts,
  fails,
  faultPlan,
  faultyTarget,
  losesAnswer,
  type MemoryStore,
  memoryStore,
  memoryTarget,
  targetFault,
} from '../src/testing/index.js';
import { CRAFTED_ID, craft, file, folder } from './crafted.js';
import { Lab } from './lab.js';
import { all } from './workspace.js';

/** Three snapshots of a tree, and an empty place to mirror them to. */
async function world(): Promise<{ lab: Lab; ids: string[]; to: BackupTarget; store: MemoryStore }> {
  const lab = new Lab({
    'a.txt': 'a',
    'b/c.txt': 'c',
    'large.bin': Buffer.alloc(1_200_000, 'x'),
    link: '-> a.txt',
    empty: null,
  });
  const ids: string[] = [];
  for (const text of ['1', '2', '3']) {
    writeFileSync(lab.path('changes.txt'), text);
    ids.push((await lab.backup()).snapshotId);
  }
  const store = memoryStore();
  return { lab, ids, store, to: memoryTarget({ url: 'memory:to', store }) };
}

async function payloadsIn(target: BackupTarget): Promise<unknown[]> {
  return (await all(listSnapshots({ target }))).map((item) => (item.status === 'ok' ? item.record.payload : item));
}

describe('a mirror', () => {
  it('holds the same payloads, and everything in it verifies', async () => {
    const { lab, to } = await world();
    const summary = await mirror({ from: lab.target, to });
    expect(summary).toMatchObject({
      snapshots: 3,
      copiedSnapshots: 3,
      failedSnapshots: 0,
      equal: true,
      problemCount: 0,
    });
    expect(await payloadsIn(to)).toEqual(await payloadsIn(lab.target));
    expect((await verify({ target: to, data: true })).problems).toEqual([]);
  });

  it('sends what is unchanged once, and a second run sends nothing', async () => {
    const { lab, to } = await world();
    expect(await mirror({ from: lab.target, to })).toMatchObject({ copiedFiles: 6, sharedFiles: 6 });
    const plan = faultPlan();
    const second = await mirror({ from: lab.target, to: faultyTarget(to, plan) });
    expect(second).toMatchObject({
      copiedSnapshots: 0,
      copiedFiles: 0,
      copiedBytes: 0,
      presentSnapshots: 3,
      equal: true,
    });
    expect(plan.count('put') + plan.count('commit') + plan.count('begin')).toBe(0);
  });

  it('gets only what is new', async () => {
    const { lab, to } = await world();
    await mirror({ from: lab.target, to });
    writeFileSync(lab.path('changes.txt'), 'four');
    await lab.backup();
    expect(await mirror({ from: lab.target, to })).toMatchObject({
      copiedSnapshots: 1,
      copiedFiles: 1,
      copiedBytes: 4,
      sharedFiles: 3,
    });
  });

  it('sends again what has rotted at its target, instead of sharing it', async () => {
    const { lab, ids } = await world();
    const store = memoryStore();
    const to = memoryTarget({ url: 'memory:to', store });
    await mirror({ from: lab.target, to });
    const key = `${ids[2]}/data/a.txt`;
    const stored = store.objects.get(key);
    if (stored === undefined) throw new Error(`nothing is stored under ${key}`);
    store.objects.set(key, { ...stored, bytes: stored.bytes.map((byte) => byte ^ 1) });
    const { snapshotId } = await lab.backup();
    expect(await mirror({ from: lab.target, to })).toMatchObject({ copiedFiles: 1, equal: true });
    expect((await verify({ target: to, which: snapshotId, data: true })).problems).toEqual([]);
  });

  it('of a target that cannot copy gets everything sent, and is equal', async () => {
    const { lab } = await world();
    const to = memoryTarget({
      url: 'memory:to',
      capabilities: { copy: false, copyShares: false, attributes: false, append: false },
    });
    expect(await mirror({ from: lab.target, to })).toMatchObject({ copiedFiles: 12, sharedFiles: 0, equal: true });
    expect((await verify({ target: to, data: true })).problems).toEqual([]);
  });

  it('gets a hard-linked file sent once', async () => {
    const lab = new Lab({ 'a.txt': 'linked' });
    linkSync(lab.path('a.txt'), lab.path('b.txt'));
    await lab.backup();
    const to = memoryTarget({ url: 'memory:to' });
    expect(await mirror({ from: lab.target, to })).toMatchObject({ copiedFiles: 1, sharedFiles: 1, equal: true });
    expect((await verify({ target: to, data: true })).problems).toEqual([]);
  });

  it('keeps members of records and entries that this version does not know', async () => {
    const payload = { mood: 'fine' } as object;
    const from = memoryTarget({
      store: craft([folder('data'), file('data/a', 'a', { colour: 'green', nested: { x: [1] } })], { payload }),
    });
    const store = memoryStore();
    const to = memoryTarget({ url: 'memory:to', store });
    expect(await mirror({ from, to })).toMatchObject({ equal: true, problemCount: 0 });
    const manifest = Buffer.from(store.objects.get(`${CRAFTED_ID}/.holdfast/manifest.jsonl`)?.bytes ?? []).toString();
    expect(manifest).toContain('"colour":"green"');
    expect(await payloadsIn(to)).toEqual(await payloadsIn(from));
    expect((await payloadsIn(to))[0]).toMatchObject({ mood: 'fine' });
  });

  it('reads back what its target has not confirmed, and nothing of what it has', async () => {
    const { lab } = await world();
    for (const [confirmsPuts, reads] of [
      [true, 0],
      [false, 6],
    ] as const) {
      const plan = faultPlan();
      const to = memoryTarget({ url: 'memory:to', confirmsPuts, capabilities: { copyShares: false } });
      expect(await mirror({ from: lab.target, to: faultyTarget(to, plan) })).toMatchObject({
        equal: true,
        unreadFiles: 6,
      });
      expect(plan.log.filter(({ operation, key }) => operation === 'get' && key?.includes('/data/')).length).toBe(
        reads,
      );
    }
  });
});

describe('a copy that is not equal', () => {
  it('is taken back and named; the others are made, and the next run makes it', async () => {
    const { lab, ids, to } = await world();
    const plan = faultPlan().on('put', corrupts(0), { key: `${ids[1]}/data/changes.txt` });
    const summary = await mirror({ from: lab.target, to: faultyTarget(to, plan) });
    expect(summary).toMatchObject({ copiedSnapshots: 2, failedSnapshots: 1, equal: false });
    expect(summary.problems).toMatchObject([
      { code: 'NOT_COPIED', path: ids[1], message: expect.stringContaining('has been taken back') },
    ]);
    expect((await all(listSnapshots({ target: to }))).map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    expect((await verify({ target: to, data: true })).problems).toEqual([]);
    expect(await mirror({ from: lab.target, to })).toMatchObject({ copiedSnapshots: 1, equal: true });
  });

  it.each<[string, (to: BackupTarget) => BackupTarget]>([
    ['cannot delete', (to) => ({ ...to, capabilities: { ...to.capabilities, delete: false } })],
    ['fails to delete', (to) => faultyTarget(to, faultPlan().on('delete', fails(targetFault('ACCESS_DENIED'))))],
  ])('in a target that %s is named as still there', async (_, bent) => {
    const { lab, ids, to } = await world();
    const plan = faultPlan().on('put', corrupts(0), { key: `${ids[1]}/data/changes.txt` });
    const summary = await mirror({ from: lab.target, to: faultyTarget(bent(to), plan) });
    expect(summary.problems).toMatchObject([
      { code: 'NOT_COPIED', path: ids[1], message: expect.stringContaining('still there') },
    ]);
  });

  it('is found also where the bytes cannot be read back at all', async () => {
    const { lab, ids, to } = await world();
    const plan = faultPlan().on('get', fails(targetFault('CORRUPT')), { key: `${ids[0]}/data/a.txt` });
    const summary = await mirror({ from: lab.target, to: faultyTarget(to, plan) });
    expect(summary.problems).toMatchObject([{ code: 'NOT_COPIED', path: ids[0] }]);
    expect((await all(listSnapshots({ target: to }))).map(({ id }) => id)).not.toContain(ids[0]);
  });
});

describe('what is at the other end already', () => {
  it('another snapshot of the same id is a conflict: named, and neither is overwritten', async () => {
    const [from, to] = [
      craft([folder('data'), file('data/a', 'ours')]),
      craft([folder('data'), file('data/a', 'theirs')]),
    ];
    const before = new Map(to.objects);
    const summary = await mirror({
      from: memoryTarget({ store: from }),
      to: memoryTarget({ url: 'memory:to', store: to }),
    });
    expect(summary).toMatchObject({ copiedSnapshots: 0, failedSnapshots: 1, equal: false });
    expect(summary.problems).toMatchObject([{ code: 'CONFLICT', path: CRAFTED_ID }]);
    expect(to.objects).toEqual(before);
  });

  it('a damaged copy is named and not overwritten: its bytes may be the last', async () => {
    const { lab, ids, to, store } = await world();
    await mirror({ from: lab.target, to });
    const key = `${ids[1]}/.holdfast/snapshot.json`;
    store.objects.set(key, { bytes: new Uint8Array(5), attributes: {}, listedFromMs: 0 });
    const summary = await mirror({ from: lab.target, to });
    expect(summary).toMatchObject({ presentSnapshots: 2, failedSnapshots: 1, equal: false });
    expect(summary.problems).toMatchObject([{ code: 'NOT_COPIED', path: ids[1] }]);
  });

  it('snapshots of its own stay, and are no concern', async () => {
    const { lab, to, store } = await world();
    const own = new Lab({ mine: 'm' }, { store });
    const { snapshotId } = await own.backup();
    expect(await mirror({ from: lab.target, to })).toMatchObject({ copiedSnapshots: 3, equal: true });
    expect((await all(listSnapshots({ target: to }))).map(({ id }) => id)).toContain(snapshotId);
  });

  it('the same snapshot, which another mirror makes meanwhile, counts as present', async () => {
    const { lab, ids, to } = await world();
    const plan = faultPlan().on(
      'begin',
      {
        async call(_call, run) {
          await mirror({ from: lab.target, to });
          return run();
        },
      },
      { key: ids[1] ?? '' },
    );
    const summary = await mirror({ from: lab.target, to: faultyTarget(to, plan) });
    expect(summary).toMatchObject({ copiedSnapshots: 1, presentSnapshots: 2, failedSnapshots: 0, equal: true });
    expect((await verify({ target: to, data: true })).problems).toEqual([]);
  });
});

describe('a mirror that is interrupted', () => {
  it('keeps the snapshots that are complete, and goes on with the next run', async () => {
    const { lab, to, store } = await world();
    const plan = faultPlan().on('commit', fails(), { nth: 3, times: 1000 });
    const broken: unknown = await mirror({ from: lab.target, to: faultyTarget(to, plan) }).catch(
      (error: unknown) => error,
    );
    expect(isTargetError(broken, 'UNAVAILABLE')).toBe(true);
    expect((await all(listSnapshots({ target: to }))).length).toBe(1);
    expect(store.staged.size).toBe(0);
    expect(await mirror({ from: lab.target, to })).toMatchObject({
      presentSnapshots: 1,
      copiedSnapshots: 2,
      equal: true,
    });
  });

  it('because the answer to a commit was lost counts that snapshot as present the next time', async () => {
    const { lab, to } = await world();
    const plan = faultPlan().on('commit', losesAnswer(), { nth: 2 });
    await mirror({ from: lab.target, to: faultyTarget(to, plan) }).catch(() => undefined);
    expect(await mirror({ from: lab.target, to })).toMatchObject({
      presentSnapshots: 1,
      copiedSnapshots: 2,
      equal: true,
    });
    expect((await verify({ target: to, data: true })).problems).toEqual([]);
  });
});

describe('a snapshot whose manifest is not the one its record speaks of', () => {
  it('is not copied, though each checksum of its own fits', async () => {
    const entries = [folder('data'), file('data/a', 'a')];
    const from = memoryTarget({ store: craft(entries, { payload: { contentsSha256: 'f'.repeat(64) } }) });
    const summary = await mirror({ from, to: memoryTarget({ url: 'memory:to' }) });
    expect(summary).toMatchObject({ copiedSnapshots: 0, failedSnapshots: 1, equal: false });
    expect((await verify({ target: from })).whole).toBe(false);
  });
});

describe('a file of the first target that cannot be read', () => {
  it('keeps its snapshot from being copied, and no other: one bad sector costs one snapshot', async () => {
    const { lab, ids, to } = await world();
    const plan = faultPlan().on('get', fails(), { key: `${ids[1]}/data/changes.txt`, times: 100 });
    const summary = await mirror({ from: faultyTarget(lab.target, plan), to });
    expect(summary).toMatchObject({ copiedSnapshots: 2, failedSnapshots: 1 });
    expect(summary.problems).toMatchObject([
      { code: 'NOT_COPIED', path: ids[1], message: expect.stringContaining('changes.txt') },
    ]);
  });
});

describe('two ends', () => {
  it('that are one place are refused', async () => {
    const { lab } = await world();
    const error: unknown = await mirror({ from: lab.target, to: lab.target }).catch((reason: unknown) => reason);
    expect(isHoldfastError(error)).toBe(true);
  });

  it('of which the first holds nothing of ours are refused, and nothing is made at the second', async () => {
    const store = memoryStore();
    const error: unknown = await mirror({ from: memoryTarget(), to: memoryTarget({ url: 'memory:to', store }) }).catch(
      (reason: unknown) => reason,
    );
    expect(isHoldfastError(error, 'NOT_A_TARGET')).toBe(true);
    expect(store.objects.size).toBe(0);
  });
});
