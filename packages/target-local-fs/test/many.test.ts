import { lstatSync, renameSync, symlinkSync } from 'node:fs';
import { type FileStep, fileSystemOf, syncPool, type WholeSyncSystem } from '@holdfast/core/files';
import { bytesSource, type ObjectAttributes, type SmallObject } from '@holdfast/core/target';
import { afterEach, describe, expect, test } from 'vitest';
import { body, keysOf, snapshot, testStore, textOf } from './store.js';

const umask = process.umask();
afterEach(() => process.umask(umask));

const SEEN: readonly ObjectAttributes[] = [
  {},
  { mode: 0o644, mtimeNs: 1_700_000_000_123_456_789n },
  { mode: 0o4755, mtimeNs: 1n },
  { mode: 0o000, mtimeNs: -1_500_000_000n },
  { mode: 0o777 },
];

describe.each([0o000, 0o022, 0o077, 0o777])('under the umask %o', (mask) => {
  test('files put in one call look on the disk just like those put one by one', async () => {
    const store = testStore();
    const target = await store.open();
    process.umask(0o022);
    const batch = await target.begin({ root: 'r' });
    for (const [index, attributes] of SEEN.entries()) {
      await batch.put(`r/one/${index}`, bytesSource(body(`${index}`.repeat(index * 100))), { attributes });
    }
    process.umask(mask);
    const objects = SEEN.map((attributes, index): SmallObject => {
      return { key: `r/many/${index}`, bytes: body(`${index}`.repeat(index * 100)), attributes };
    });
    // The folder is made by whoever stages first, and must be passable.
    process.umask(0o022);
    await batch.put('r/many/first', bytesSource(body('x')));
    process.umask(mask);
    const outcomes = await batch.putAll(objects);
    process.umask(0o022);
    expect(outcomes.map(({ status }) => status)).toEqual(SEEN.map(() => 'fulfilled'));
    await batch.commit({ key: 'r/record', body: body('1') });
    for (const [index, { mtimeNs }] of SEEN.entries()) {
      const one = lstatSync(store.at('r', 'one', `${index}`), { bigint: true });
      const many = lstatSync(store.at('r', 'many', `${index}`), { bigint: true });
      for (const fact of ['mode', 'size', 'uid', 'gid', 'nlink'] as const) expect(many[fact], fact).toBe(one[fact]);
      if (mtimeNs !== undefined) expect(many.mtimeNs).toBe(one.mtimeNs);
    }
  });
});

/** A machine on which one flush stands for many files. */
function systemLike(flushed: string[]): WholeSyncSystem {
  return {
    platform: 'linux',
    release: '6.1.0',
    syncVersion: async () => 'sync (GNU coreutils) 9.1',
    dirtyBytes: () => 0,
    syncWhole: async (path) => void flushed.push(path),
  };
}

const files = (from: number, to: number): SmallObject[] =>
  Array.from({ length: to - from }, (_, index) => ({ key: `snap/f/${from + index}`, bytes: body(`${from + index}`) }));

describe('files put in one call are made durable', () => {
  async function flushedBy(objects: readonly (readonly SmallObject[])[]): Promise<{ synced: number; whole: number }> {
    const store = testStore();
    const whole: string[] = [];
    let synced = 0;
    const said: string[] = [];
    const target = await store.open({
      onStep: ({ kind, path }: FileStep) => {
        if (kind === 'sync' && path.includes('/tree/snap/f/')) said.push(path);
      },
      means: {
        system: systemLike(whole),
        fileSystem: { ...(await fileSystemOf(store.folder)), kind: 'ext' },
        syncPool: () => {
          const pool = syncPool();
          return {
            ...pool,
            sync: (descriptor) => {
              synced += 1;
              return pool.sync(descriptor);
            },
          };
        },
      },
    });
    const batch = await target.begin({ root: 'snap' });
    await Promise.all(objects.map((some) => batch.putAll(some)));
    const before = synced;
    await batch.commit({ key: 'snap/record', body: body('r') });
    expect(new Set(said).size).toBe(said.length);
    // Of the commit: the record and the folders.
    expect(before).toBeLessThanOrEqual(said.length);
    return { synced: said.length, whole: whole.length };
  }

  test('each by the descriptor that wrote it, where they are few', async () => {
    expect(await flushedBy([files(0, 100), files(100, 200)])).toEqual({ synced: 200, whole: 0 });
  });

  test('by one flush of the file system, where they are many', async () => {
    expect(await flushedBy([files(0, 200), files(200, 400), files(400, 600)])).toMatchObject({ whole: 1 });
  });
});

describe('copies made in one call', () => {
  const attributes = { mode: 0o644, mtimeNs: 1_600_000_000_000_000_000n };
  const names = Array.from({ length: 30 }, (_, index) => `f${index}`);

  async function stored(): Promise<ReturnType<typeof testStore>> {
    const store = testStore();
    const batch = await (await store.open()).begin({ root: 'old' });
    await batch.putAll(names.map((name) => ({ key: `old/in/${name}`, bytes: body(name), attributes })));
    await batch.commit({ key: 'old/record', body: body('1') });
    return store;
  }
  const requests = names.map((name) => ({ fromKey: `old/in/${name}`, toKey: `new/in/${name}`, attributes }));

  test('share the file, but what is not equal in every way', async () => {
    const store = await stored();
    const target = await store.open();
    const batch = await target.begin({ root: 'new' });
    const asked = requests.map((request, index) =>
      index === 7 ? { ...request, attributes: { ...attributes, mode: 0o755 } } : request,
    );
    const outcomes = await batch.copyAll(asked);
    // Where the file system clones, that one is made right too; a link of it would change the original.
    const others = outcomes.filter((_, index) => index !== 7);
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 'fulfilled'));
    await batch.commit({ key: 'new/record', body: body('1') });
    expect(await textOf(target, 'new/in/f3')).toBe('f3');
    const modeOf = (root: string): number => lstatSync(store.at(root, 'in', 'f7')).mode & 0o777;
    expect(modeOf('old')).toBe(0o444);
    if (outcomes[7]?.status === 'fulfilled') expect(modeOf('new')).toBe(0o555);
    else expect(outcomes[7]).toMatchObject({ reason: { code: 'COPY_REFUSED' } });
    const inode = (root: string, name: string): bigint => lstatSync(store.at(root, 'in', name), { bigint: true }).ino;
    if (outcomes[7]?.status === 'rejected') expect(inode('new', 'f3')).toBe(inode('old', 'f3'));
  });

  test('are not made through a link that stands in the place of a folder', async () => {
    const store = await stored();
    const target = await store.open();
    renameSync(store.at('old', 'in'), store.at('elsewhere'));
    symlinkSync(store.at('elsewhere'), store.at('old', 'in'));
    const batch = await target.begin({ root: 'new' });
    for (const outcome of await batch.copyAll(requests)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'NOT_FOUND' } });
    }
    await batch.abort();
  });
});

test('what stands in the way of one file fails that one, and is not touched', async () => {
  const store = testStore();
  const target = await store.open();
  await snapshot(target, 'old', { file: 'old' });
  const batch = await target.begin({ root: 'r' });
  await batch.put('r/in/taken', bytesSource(body('first')));
  const objects = ['a', 'taken', 'b'].map((name) => ({ key: `r/in/${name}`, bytes: body(name) }));
  const outcomes = await batch.putAll(objects);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(outcomes[1]).toMatchObject({ reason: { code: 'ALREADY_EXISTS', key: 'r/in/taken' } });
  await batch.commit({ key: 'r/record', body: body('1') });
  expect(await textOf(target, 'r/in/taken')).toBe('first');
  expect(await keysOf(target, 'r/')).toEqual(['r/in/a', 'r/in/b', 'r/in/taken', 'r/record']);
});
