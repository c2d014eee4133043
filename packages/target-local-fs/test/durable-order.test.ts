import { readdirSync, readlinkSync } from 'node:fs';
import { type FileStep, fileSystemOf, syncPool, type WholeSyncSystem } from '@holdfast/core/files';
import { emptySource } from '@holdfast/core/target';
import { describe, expect, test } from 'vitest';
import { openLocalFs } from '../src/index.js';
import { body, keysOf, type TestStore, testStore, text, zeros } from './store.js';

/** Notes every step, with short paths: `~` is the test's folder, `*` the batch's own. */
function recorder(store: TestStore): { readonly steps: string[]; readonly onStep: (step: FileStep) => void } {
  const steps: string[] = [];
  const short = (path: string) => path.replace(store.folder, '~').replace(/staging\/[0-9a-f]{16}/, 'staging/*');
  return { steps, onStep: ({ kind, path }) => void steps.push(`${kind} ${short(path)}`) };
}

const STAGED = '~/store/.holdfast/staging/*';

const BEGUN = ['mkdir ~/store', 'mkdir ~/store/.holdfast', 'mkdir ~/store/.holdfast/staging', `mkdir ${STAGED}`];

/** A machine where more than 256 small files are flushed as one. */
function systemLike(): { readonly system: WholeSyncSystem; readonly flushed: string[] } {
  const flushed: string[] = [];
  return {
    flushed,
    system: {
      platform: 'linux',
      release: '6.1.0',
      syncVersion: async () => 'sync (GNU coreutils) 9.1',
      dirtyBytes: () => 0,
      syncWhole: async (path) => void flushed.push(path),
    },
  };
}

describe('a batch with a root', () => {
  test('is durable file by file, then the record, then folders bottom up, before one rename shows it; then the ancestors', async () => {
    const store = testStore();
    const { steps, onStep } = recorder(store);
    const target = await store.open({ onStep, durableBy: 'fsync' });
    const batch = await target.begin({ root: 'snap' });
    await batch.put('snap/a/b/file', text('1'));
    await batch.put('snap/a', emptySource, { attributes: { type: 'directory', mtimeNs: 0n } });
    await batch.put('snap/link', emptySource, { attributes: { type: 'symlink', linkTarget: body('x') } });
    const receipt = await batch.commit({ key: 'snap/.holdfast/record', body: body('r') });
    expect(receipt).toEqual({ durableBy: 'fsync' });
    expect(steps).toEqual([
      ...BEGUN,
      `mkdir ${STAGED}/tree/snap/a`,
      `mkdir ${STAGED}/tree/snap/a/b`,
      `write ${STAGED}/tree/snap/a/b/file`,
      `sync ${STAGED}/tree/snap/a/b/file`,
      `symlink ${STAGED}/tree/snap/link`,
      `attributes ${STAGED}/tree/snap/a`,
      `mkdir ${STAGED}/tree/snap/.holdfast`,
      `write ${STAGED}/tree/snap/.holdfast/record`,
      `sync ${STAGED}/tree/snap/.holdfast/record`,
      `sync ${STAGED}/tree/snap/.holdfast`,
      `sync ${STAGED}/tree/snap/a/b`,
      `sync ${STAGED}/tree/snap/a`,
      `sync ${STAGED}/tree/snap`,
      'rename ~/store/snap',
      'sync ~/store',
      'sync ~',
    ]);
  });

  test('of many small files is flushed as one, but the large ones and the record', async () => {
    const store = testStore();
    const { steps, onStep } = recorder(store);
    const { system, flushed } = systemLike();
    const target = await store.open({ onStep, means: { system, fileSystem: await ext(store) } });
    const batch = await target.begin({ root: 'snap' });
    for (let index = 0; index < 300; index++) await batch.put(`snap/f/${index}`, text(String(index)));
    await batch.put('snap/large', zeros(1024 * 1024 + 1));
    expect(await batch.commit({ key: 'snap/record', body: body('r') })).toEqual({ durableBy: 'syncfs' });
    expect(flushed).toHaveLength(1);
    expect(steps.filter((step) => !step.startsWith('write') && !step.startsWith('mkdir'))).toEqual([
      `sync ${STAGED}/tree/snap/large`,
      `syncfs ${STAGED}`,
      `sync ${STAGED}/tree/snap/record`,
      `sync ${STAGED}/tree/snap`,
      'rename ~/store/snap',
      'sync ~/store',
      'sync ~',
    ]);
  });

  test('into a store that stood flushes the store, and its parent for another batch that may just have made it', async () => {
    const store = testStore();
    await (await (await store.open()).begin({ root: 'first' })).commit({ key: 'first/record', body: body('r') });
    const { steps, onStep } = recorder(store);
    const batch = await (await store.open({ onStep })).begin({ root: 'second' });
    await batch.commit({ key: 'second/record', body: body('r') });
    expect(steps.slice(-3)).toEqual(['rename ~/store/second', 'sync ~/store', 'sync ~']);
  });
});

test('every folder above the store that a batch had to make is flushed, up to one that stood', async () => {
  const store = testStore();
  const { steps, onStep } = recorder(store);
  const target = await openLocalFs(store.at('deep', 'er'), { onStep });
  const batch = await target.begin({ root: 'snap' });
  await batch.commit({ key: 'snap/record', body: body('r') });
  expect(steps.slice(-5)).toEqual([
    'rename ~/store/deep/er/snap',
    'sync ~/store/deep/er',
    'sync ~/store/deep',
    'sync ~/store',
    'sync ~',
  ]);
  await target.close();
});

describe.runIf(process.platform === 'linux')('what is said to be flushed', () => {
  const KINDS = [{ begin: { root: 'snap' } }, { begin: {} }];

  test.each(KINDS)('is flushed, by a descriptor of that very file or folder: $begin', async ({ begin }) => {
    const store = testStore();
    const [said, done] = [new Set<string>(), new Set<string>()];
    const onStep = ({ kind, path }: FileStep) => {
      if (kind === 'sync') said.add(path);
    };
    const noted = () => {
      const pool = syncPool();
      return {
        close: pool.close,
        async sync(descriptor: number) {
          const path = readlinkSync(`/proc/self/fd/${descriptor}`);
          await pool.sync(descriptor);
          done.add(path);
        },
      };
    };
    const target = await store.open({ onStep, durableBy: 'fsync', means: { syncPool: noted } });
    const batch = await target.begin(begin);
    await batch.put('snap/a/file', text('1'));
    await batch.put('snap/large', zeros(1024 * 1024 + 1));
    await batch.commit({ key: 'snap/record', body: body('r') });
    await target.delete(['snap/large']);
    expect([...done].sort()).toEqual([...said].sort());
    expect(done.size).toBeGreaterThan(6);
  });
});

describe('a batch without a root', () => {
  test('has its files durable, then their names, then the record, then the name of the record', async () => {
    const store = testStore();
    const { steps, onStep } = recorder(store);
    const target = await store.open({ onStep, durableBy: 'fsync' });
    const batch = await target.begin();
    await batch.put('a/b/file', text('1'));
    await batch.put('a/empty', emptySource, { attributes: { type: 'directory', mode: 0o755 } });
    await batch.commit({ key: 'c/record', body: body('r') });
    expect(steps).toEqual([
      ...BEGUN,
      `write ${STAGED}/objects/1`,
      `sync ${STAGED}/objects/1`,
      'mkdir ~/store/a',
      'mkdir ~/store/a/b',
      'rename ~/store/a/b/file',
      'mkdir ~/store/a/empty',
      'attributes ~/store/a/empty',
      'sync ~/store/a/empty',
      'sync ~/store/a/b',
      'sync ~/store/a',
      'sync ~/store',
      'sync ~',
      `write ${STAGED}/record`,
      `sync ${STAGED}/record`,
      'mkdir ~/store/c',
      'rename ~/store/c/record',
      'attributes ~/store/a/empty',
      'sync ~/store/c',
      'sync ~/store',
      'sync ~',
    ]);
  });

  test('links a record that must be new, and never renames it', async () => {
    const store = testStore();
    const { steps, onStep } = recorder(store);
    const batch = await (await store.open({ onStep })).begin();
    await batch.commit({ key: 'record', body: body('r'), ifAbsent: true });
    expect(steps.slice(-4)).toEqual([`sync ${STAGED}/record`, 'link ~/store/record', 'sync ~/store', 'sync ~']);
  });
});

test('a deletion is durable before the call returns: the folders that lost a name and stayed are flushed', async () => {
  const store = testStore();
  const target = await store.open();
  const batch = await target.begin();
  for (const key of ['a/b/one', 'a/two', 'c/three']) await batch.put(key, text('x'));
  await batch.commit();
  const { steps, onStep } = recorder(store);
  await (await store.open({ onStep })).delete(['a/b/one', 'c/three']);
  expect(steps).toEqual(['remove ~/store/a/b/one', 'remove ~/store/c/three', 'sync ~/store/a', 'sync ~/store']);
  expect(readdirSync(store.root)).toEqual(['a']);
});

describe('when the medium fails at any step', () => {
  const KINDS = [
    { label: 'of a batch with a root', root: 'snap', ifAbsent: false },
    { label: 'of a batch without', root: undefined, ifAbsent: false },
    { label: 'of a batch with a record that must be new', root: undefined, ifAbsent: true },
  ];

  test.each(KINDS)('$label, the call fails and nothing of it is visible or left', async ({ root, ifAbsent }) => {
    let points = 0;
    for (let failAt = 1; ; failAt++) {
      const store = testStore();
      const before = await store.open();
      const old = await before.begin({ root: 'old' });
      await old.put('old/file', text('old'));
      await old.commit();
      let step = 0;
      const onStep = () => {
        step += 1;
        if (step === failAt) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
      };
      const target = await store.open({ onStep });
      const outcome = await run(target, root, ifAbsent).then(
        () => 'committed',
        (error: unknown) => error,
      );
      if (outcome === 'committed') break;
      points += 1;
      expect(outcome).toMatchObject({ code: 'UNAVAILABLE' });
      expect(await keysOf(await store.open()), `after a failure at step ${failAt}`).toEqual(['old/file']);
      expect(store.residue(), `after a failure at step ${failAt}`).toEqual([]);
      expect(readdirSync(store.root).filter((name) => name !== '.holdfast')).toEqual(['old']);
    }
    expect(points).toBeGreaterThan(10);
  });

  async function run(
    target: Awaited<ReturnType<TestStore['open']>>,
    root: string | undefined,
    ifAbsent: boolean,
  ): Promise<void> {
    const batch = await target.begin(root === undefined ? {} : { root });
    try {
      await batch.put('snap/a/file', text('1'));
      await batch.put('snap/b', emptySource, { attributes: { type: 'directory', mode: 0o755 } });
      await batch.put('snap/link', emptySource, { attributes: { type: 'symlink', linkTarget: body('x') } });
    } catch (error) {
      await batch.abort();
      throw error;
    }
    await batch.commit({ key: 'snap/x/record', body: body('r'), ifAbsent });
  }
});

test('a flush that fails in a thread fails the commit, and nothing is visible', async () => {
  const store = testStore();
  const syncPool = () => ({
    sync: async () => {
      throw Object.assign(new Error('EIO'), { code: 'EIO' });
    },
    close: async () => {},
  });
  const target = await store.open({ means: { syncPool } });
  const batch = await target.begin({ root: 'snap' });
  await batch.put('snap/file', text('1'));
  await expect(batch.commit({ key: 'snap/record', body: body('r') })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    hint: expect.stringContaining('medium'),
  });
  expect(await keysOf(target)).toEqual([]);
});

/** The facts of the test's own file system, taken for ext: where the tests run may be another one. */
async function ext(store: TestStore) {
  return { ...(await fileSystemOf(store.folder)), kind: 'ext' as const };
}
