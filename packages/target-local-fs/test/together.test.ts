import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FileStep, type HostView, thisHost } from '@holdfast/core/files';
import { describe, expect, test } from 'vitest';
import { body, keysOf, type TestStore, testStore, text, textOf } from './store.js';

/** Another machine of this store. */
function otherMachine(): HostView {
  const host = thisHost();
  return { ...host, self: { ...host.self, host: 'another/0' } };
}

/** This machine, in a process that has ended. */
function endedProcess(): HostView {
  const host = thisHost();
  return { ...host, self: { ...host.self, pid: 2 ** 30, startTime: '1' } };
}

function ageHeartbeats(store: TestStore, hours: number): void {
  const then = Date.now() / 1000 - hours * 3600;
  for (const name of store.residue()) utimesSync(store.at('.holdfast/staging', name, 'heartbeat'), then, then);
}

/** Where a batch keeps what it has staged. */
function insideOf(claim: string): string {
  return readdirSync(claim).includes('tree') ? join(claim, 'tree', 'r') : join(claim, 'objects');
}

const KINDS = [
  { label: 'with a root', begin: { root: 'r' }, key: 'r' },
  { label: 'without a root', begin: {}, key: 'r' },
];

test('two batches at once do not see each other, and both come out whole', async () => {
  const store = testStore();
  const [one, two] = [await store.open(), await store.open()];
  const [first, second, third] = [await one.begin({ root: 'a' }), await two.begin({ root: 'b' }), await two.begin()];
  await Promise.all([first.put('a/file', text('a')), second.put('b/file', text('b')), third.put('c/file', text('c'))]);
  expect(await keysOf(one)).toEqual([]);
  await first.commit({ key: 'a/record', body: body('a') });
  expect(await keysOf(two)).toEqual(['a/file', 'a/record']);
  await Promise.all([
    second.commit({ key: 'b/record', body: body('b') }),
    third.commit({ key: 'c/record', body: body('c') }),
  ]);
  expect(await keysOf(one)).toEqual(['a/file', 'a/record', 'b/file', 'b/record', 'c/file', 'c/record']);
  expect(store.residue()).toEqual([]);
});

test('of two batches with one root the first to commit has it, the other is ALREADY_EXISTS and leaves nothing', async () => {
  const store = testStore();
  const [one, two] = [await store.open(), await store.open()];
  const [first, second] = [await one.begin({ root: 'a' }), await two.begin({ root: 'a' })];
  await first.put('a/file', text('first'));
  await second.put('a/file', text('second'));
  await second.commit({ key: 'a/record', body: body('2') });
  await expect(first.commit({ key: 'a/record', body: body('1') })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
  await expect(one.begin({ root: 'a' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
  expect(await textOf(one, 'a/file')).toBe('second');
  expect(store.residue()).toEqual([]);
});

test('an empty folder takes the name of a root, though a rename would replace it', async () => {
  const store = testStore();
  const target = await store.open();
  const batch = await target.begin({ root: 'a' });
  await batch.put('a/file', text('1'));
  mkdirSync(store.at('a'));
  await expect(batch.commit()).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
  expect(readdirSync(store.at('a'))).toEqual([]);
});

test('of eight racers for one record one has it, and all others are told so', async () => {
  const store = testStore();
  const racers = await Promise.all(Array.from({ length: 8 }, async () => (await store.open()).begin()));
  await Promise.all(racers.map((batch, index) => batch.put(`file-${index}`, text(String(index)))));
  const results = await Promise.allSettled(
    racers.map((batch, index) => batch.commit({ key: 'record', body: body(`racer ${index}`), ifAbsent: true })),
  );
  const winners = results.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
  expect(winners).toHaveLength(1);
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'ALREADY_EXISTS' });
  }
  const target = await store.open();
  expect(await textOf(target, 'record')).toBe(`racer ${winners[0]}`);
  expect(await keysOf(target)).toEqual([`file-${winners[0]}`, 'record']);
});

test('a record that is there with our own bytes is our own, from a call whose answer was lost', async () => {
  const store = testStore();
  const target = await store.open();
  for (let attempt = 0; attempt < 2; attempt++) {
    await (await target.begin()).commit({ key: 'record', body: body('nonce'), ifAbsent: true });
  }
  expect(await textOf(target, 'record')).toBe('nonce');
});

test('a rename that a network file system has done, and whose answer was lost, is success; one that was not done is not', async () => {
  const store = testStore();
  const lost = Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
  const answerLost = await store.open({
    means: {
      rename: async (from, to) => {
        renameSync(from, to);
        throw lost;
      },
    },
  });
  const batch = await answerLost.begin({ root: 'a' });
  await batch.put('a/file', text('1'));
  await batch.commit({ key: 'a/record', body: body('nonce') });
  expect(await keysOf(answerLost)).toEqual(['a/file', 'a/record']);
  const notDone = await store.open({ means: { rename: async () => Promise.reject(lost) } });
  const next = await notDone.begin({ root: 'b' });
  await next.put('b/file', text('1'));
  await expect(next.commit({ key: 'b/record', body: body('nonce') })).rejects.toMatchObject({ code: 'ABORTED' });
  expect(await keysOf(notDone, 'b/')).toEqual([]);
});

describe.each(KINDS)('a batch $label', ({ begin, key }) => {
  test('of a dead process is swept by the next one', async () => {
    const store = testStore();
    const dead = await (await store.open({ means: { host: endedProcess() } })).begin(begin);
    await dead.put(`${key}/file`, text('1'));
    expect(store.residue()).toHaveLength(1);
    const next = await (await store.open()).begin({ root: 'next' });
    expect(store.residue()).toHaveLength(1);
    await next.put('next/file', text('1'));
    await next.commit();
    expect(store.residue()).toEqual([]);
  });

  test('of another machine is left alone while it lives, and comes out whole', async () => {
    const store = testStore();
    const other = await (await store.open({ means: { host: otherMachine() } })).begin(begin);
    await other.put(`${key}/file`, text('1'));
    ageHeartbeats(store, 23);
    await (await (await store.open()).begin({ root: 'next' })).abort();
    await other.put(`${key}/more`, text('2'));
    await other.commit();
    expect(await keysOf(await store.open())).toEqual([`${key}/file`, `${key}/more`]);
  });

  test('that slept for more than a day is swept as a whole, and ends ABORTED when it wakes', async () => {
    const store = testStore();
    const sleeper = await (await store.open({ means: { host: otherMachine() } })).begin(begin);
    await sleeper.put(`${key}/file`, text('1'));
    ageHeartbeats(store, 25);
    const target = await store.open();
    await (await target.begin({ root: 'next' })).abort();
    await expect(sleeper.put(`${key}/more`, text('2'))).rejects.toMatchObject({ code: 'ABORTED', retryable: false });
    await expect(sleeper.commit({ key: `${key}/record`, body: body('1') })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await keysOf(target)).toEqual([]);
    expect(store.residue()).toEqual([]);
  });

  test('that lost a staged object ends ABORTED, and shows nothing', async () => {
    const store = testStore();
    const target = await store.open();
    const batch = await target.begin(begin);
    await batch.put(`${key}/one`, text('1'));
    await batch.put(`${key}/two`, text('2'));
    const [claim = ''] = store.residue();
    const folder = insideOf(store.at('.holdfast/staging', claim));
    rmSync(join(folder, readdirSync(folder)[0] ?? ''));
    await expect(batch.commit({ key: `${key}/record`, body: body('1') })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await keysOf(target)).toEqual([]);
    expect(store.residue()).toEqual([]);
  });

  test('never publishes what another hand put into its staging', async () => {
    const store = testStore();
    const target = await store.open();
    const batch = await target.begin(begin);
    await batch.put(`${key}/one`, text('1'));
    const [claim = ''] = store.residue();
    const staging = store.at('.holdfast/staging', claim);
    writeFileSync(join(insideOf(staging), 'foreign'), '');
    await expect(batch.commit()).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await keysOf(target)).toEqual([]);
  });

  test('that is given up takes back everything, the store too if it made it', async () => {
    const store = testStore();
    const batch = await (await store.open()).begin(begin);
    await batch.put(`${key}/one`, text('1'));
    await batch.abort();
    await batch.abort();
    expect(readdirSync(store.folder)).toEqual([]);
    await expect(batch.put(`${key}/two`, text('2'))).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('that is still open when its target is closed is given up', async () => {
    const store = testStore();
    const target = await store.open();
    const batch = await target.begin(begin);
    await batch.put(`${key}/one`, text('1'));
    await target.close();
    expect(readdirSync(store.folder)).toEqual([]);
    await expect(batch.commit()).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('without anything in it leaves nothing', async () => {
    const store = testStore();
    await (await (await store.open()).begin(begin)).commit();
    expect(readdirSync(store.folder)).toEqual([]);
  });
});

test('a publish that meets a folder just removed makes it again', async () => {
  const store = testStore();
  let removed = 0;
  const onStep = ({ kind, path }: FileStep) => {
    if (kind !== 'rename' || removed >= 3) return;
    removed += 1;
    rmdirSync(join(path, '..'));
    rmdirSync(join(path, '..', '..'));
  };
  const target = await store.open({ onStep });
  const batch = await target.begin();
  await batch.put('a/b/file', text('1'));
  await batch.commit();
  expect(removed).toBe(3);
  const record = await target.begin();
  removed = 0;
  await record.commit({ key: 'c/d/record', body: body('1') });
  expect(removed).toBe(3);
  expect(await keysOf(target)).toEqual(['a/b/file', 'c/d/record']);
});

test('a batch whose record is refused takes back its own objects, and no one else has lost any', async () => {
  const store = testStore();
  const target = await store.open();
  const first = await target.begin();
  await first.put('d/first', text('1'));
  await first.commit({ key: 'record', body: body('1'), ifAbsent: true });
  const second = await target.begin();
  await second.put('d/second', text('2'));
  await second.put('e/f', text(''), { attributes: { type: 'directory' } });
  await expect(second.commit({ key: 'record', body: body('2'), ifAbsent: true })).rejects.toMatchObject({
    code: 'ALREADY_EXISTS',
  });
  expect(await keysOf(target)).toEqual(['d/first', 'record']);
});

test('a signal during a commit ends it soon, with nothing visible', async () => {
  const store = testStore();
  const controller = new AbortController();
  const onStep = ({ kind, path }: FileStep) => {
    if (kind === 'rename' && path.endsWith('/2')) controller.abort(new Error('enough'));
  };
  const target = await store.open({ onStep });
  const batch = await target.begin();
  for (const name of ['1', '2', '3']) await batch.put(`d/${name}`, text(name));
  await expect(batch.commit({ key: 'd/record', body: body('1') }, { signal: controller.signal })).rejects.toMatchObject(
    {
      code: 'ABORTED',
      cause: { message: 'enough' },
    },
  );
  expect(await keysOf(target)).toEqual([]);
  expect(store.residue()).toEqual([]);
});
