/** What a killed batch of a folder has staged is taken over by the next one that names its root; whatever is not just as it should be is not. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type FileStep, type HostView, thisHost } from '@holdfast/core/files';
import {
  type AdoptRequest,
  type BackupTarget,
  bytesSource,
  emptySource,
  isTargetError,
  type Outcome,
} from '@holdfast/core/target';
import { describe, expect, test } from 'vitest';
import { body, keysOf, type TestStore, testStore, textOf } from './store.js';

/** This machine, in a process that has ended. */
function endedProcess(): HostView {
  const host = thisHost();
  return { ...host, self: { ...host.self, pid: 2 ** 30, startTime: '1' } };
}

const TIME_NS = 1_700_000_000_123_456_000n;
const ATTRIBUTES = { mode: 0o644, mtimeNs: TIME_NS };
const LARGE = 'x'.repeat(3 * 1024 * 1024);

/** A process stages these files for a root, and is killed. */
async function killedBatch(store: TestStore, root: string, files: Readonly<Record<string, string>>): Promise<void> {
  const target = await store.open({ means: { host: endedProcess() } });
  const batch = await target.begin({ root });
  for (const [name, content] of Object.entries(files)) {
    await batch.put(`${root}/${name}`, bytesSource(body(content)), { attributes: ATTRIBUTES });
  }
}

function request(fromKey: string, toKey: string, content: string): AdoptRequest {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { fromKey, toKey, sizeBytes: Buffer.byteLength(content), sha256, attributes: ATTRIBUTES };
}

function codesOf(outcomes: readonly Outcome<void>[]): string[] {
  return outcomes.map((outcome) => {
    if (outcome.status === 'fulfilled') return 'taken';
    return isTargetError(outcome.reason) ? outcome.reason.code : String(outcome.reason);
  });
}

/** The only tree that is staged for the root. */
function treeOf(store: TestStore, root: string): string {
  const staging = store.at('.holdfast/staging');
  const trees = readdirSync(staging, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith(`tree/${root}`),
  );
  expect(trees).toHaveLength(1);
  return join(staging, trees[0] ?? '');
}

async function adoptOne(store: TestStore, content = 'whole'): Promise<string[]> {
  const batch = await (await store.open()).begin({ root: 'new', adopt: ['old'] });
  const codes = codesOf(await batch.adoptAll([request('old/a', 'new/a', content)]));
  await batch.abort();
  expect(store.residue()).toEqual([]);
  return codes;
}

describe('what a killed batch has staged', () => {
  test('is taken over by the next one that names its root, as the very file, and becomes part of what that one publishes', async () => {
    const store = testStore();
    await killedBatch(store, 'old', { a: 'one', 'deep/er/b': 'two', large: LARGE, unwanted: 'three' });
    const inode = lstatSync(join(treeOf(store, 'old'), 'large')).ino;
    const target = await store.open();
    const batch = await target.begin({ root: 'new', adopt: ['old', 'never staged'] });
    const requests = [
      request('old/a', 'new/a', 'one'),
      request('old/deep/er/b', 'new/other/b', 'two'),
      request('old/large', 'new/large', LARGE),
      request('old/absent', 'new/absent', 'four'),
    ];
    expect(codesOf(await batch.adoptAll(requests))).toEqual(['taken', 'taken', 'taken', 'NOT_FOUND']);
    await batch.commit({ key: 'new/record', body: body('r') });
    expect(await keysOf(target)).toEqual(['new/a', 'new/large', 'new/other/b', 'new/record']);
    expect(await textOf(target, 'new/other/b')).toBe('two');
    const stats = lstatSync(store.at('new/large'), { bigint: true });
    expect([Number(stats.ino), stats.nlink, stats.mode & 0o777n]).toEqual([inode, 1n, 0o444n]);
    expect(stats.mtimeNs - TIME_NS).toBeLessThan(2000n);
    expect(store.residue()).toEqual([]);
  });

  test('is swept where it is not named', async () => {
    const store = testStore();
    await killedBatch(store, 'old', { a: 'one' });
    const batch = await (await store.open()).begin({ root: 'new', adopt: ['another'] });
    expect(store.residue()).toHaveLength(1);
    expect(codesOf(await batch.adoptAll([request('old/a', 'new/a', 'one')]))).toEqual(['NOT_FOUND']);
    await batch.abort();
  });

  test('is not taken over if a byte of it has rotted, though size and time are as they were; it is put then', async () => {
    const store = testStore();
    await killedBatch(store, 'old', { a: 'whole', large: LARGE });
    for (const name of ['a', 'large']) {
      const path = join(treeOf(store, 'old'), name);
      const bytes = readFileSync(path);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      chmodSync(path, 0o644);
      writeFileSync(path, bytes);
      chmodSync(path, 0o444);
      utimesSync(path, Number(TIME_NS) / 1e9, Number(TIME_NS) / 1e9);
    }
    const target = await store.open();
    const batch = await target.begin({ root: 'new', adopt: ['old'] });
    const requests = [request('old/a', 'new/a', 'whole'), request('old/large', 'new/large', LARGE)];
    const outcomes = await batch.adoptAll(requests);
    expect(codesOf(outcomes)).toEqual(['COPY_REFUSED', 'COPY_REFUSED']);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { reason: 'its bytes are others' } });
    // What is refused is of no use to anybody, and takes room.
    expect(existsSync(join(treeOf(store, 'old'), 'large'))).toBe(false);
    await batch.put('new/a', bytesSource(body('whole')));
    await batch.commit({ key: 'new/record', body: body('r') });
    expect(await textOf(target, 'new/a')).toBe('whole');
  });

  const cases: readonly (readonly [title: string, spoil: (path: string) => void])[] = [
    ['is shorter', (path) => rewritten(path, 'whol')],
    ['is longer', (path) => rewritten(path, 'whole and more')],
    ['has another mode', (path) => chmodSync(path, 0o400)],
    ['has another time', (path) => utimesSync(path, 1, 1)],
    ['has a further name', (path) => linkSync(path, `${path}-too`)],
    [
      'is a link to such a file',
      (path) => {
        linkSync(path, `${path}-too`);
        unlinkSync(path);
        symlinkSync(`${path}-too`, path);
      },
    ],
    [
      'is a folder',
      (path) => {
        unlinkSync(path);
        mkdirSync(path);
      },
    ],
  ];
  test.each(cases)('is not taken over if it %s', async (_title, spoil) => {
    const store = testStore();
    await killedBatch(store, 'old', { a: 'whole' });
    spoil(join(treeOf(store, 'old'), 'a'));
    expect(await adoptOne(store)).toEqual(['COPY_REFUSED']);
  });

  test('is not looked for through a link that was staged', async () => {
    const store = testStore();
    const secret = join(store.folder, 'secret');
    mkdirSync(secret);
    const target = await store.open({ means: { host: endedProcess() } });
    const dead = await target.begin({ root: 'old' });
    await dead.put('old/a', bytesSource(body('whole')), { attributes: ATTRIBUTES });
    await dead.put('old/link', emptySource, { attributes: { type: 'symlink', linkTarget: body(secret) } });
    linkSync(join(treeOf(store, 'old'), 'a'), join(secret, 'file'));
    unlinkSync(join(treeOf(store, 'old'), 'a'));
    const batch = await (await store.open()).begin({ root: 'new', adopt: ['old'] });
    expect(codesOf(await batch.adoptAll([request('old/link/file', 'new/a', 'whole')]))).toEqual(['NOT_FOUND']);
    await batch.abort();
    expect(readFileSync(join(secret, 'file'), 'utf8')).toBe('whole');
  });

  test('of a process that lives, or of another machine, is left alone', async () => {
    const store = testStore();
    const living = await (await store.open()).begin({ root: 'old' });
    await living.put('old/a', bytesSource(body('whole')), { attributes: ATTRIBUTES });
    const host = thisHost();
    const elsewhere = { ...host, self: { ...host.self, host: 'another/0' } };
    const other = await (await store.open({ means: { host: elsewhere } })).begin({ root: 'far' });
    await other.put('far/a', bytesSource(body('whole')), { attributes: ATTRIBUTES });
    const batch = await (await store.open()).begin({ root: 'new', adopt: ['old', 'far'] });
    const requests = [request('old/a', 'new/a', 'whole'), request('far/a', 'new/b', 'whole')];
    expect(codesOf(await batch.adoptAll(requests))).toEqual(['NOT_FOUND', 'NOT_FOUND']);
    await batch.abort();
    for (const [kept, root] of [
      [living, 'old'],
      [other, 'far'],
    ] as const)
      await kept.commit({ key: `${root}/record`, body: body('r') });
    expect(await keysOf(await store.open())).toEqual(['far/a', 'far/record', 'old/a', 'old/record']);
  });

  test('of another machine is swept and not taken over, however long it has given no sign', async () => {
    const store = testStore();
    const host = thisHost();
    const elsewhere = { ...host, self: { ...host.self, host: 'another/0' } };
    const other = await (await store.open({ means: { host: elsewhere } })).begin({ root: 'old' });
    await other.put('old/a', bytesSource(body('whole')), { attributes: ATTRIBUTES });
    const then = Date.now() / 1000 - 25 * 3600;
    for (const name of store.residue()) utimesSync(store.at('.holdfast/staging', name, 'heartbeat'), then, then);
    expect(await adoptOne(store)).toEqual(['NOT_FOUND']);
  });

  test('goes to one of several batches that name its root at once', async () => {
    const store = testStore();
    const files = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, `content ${index}`]));
    await killedBatch(store, 'old', files);
    const targets = await Promise.all(Array.from({ length: 6 }, () => store.open()));
    const takenBy = await Promise.all(
      targets.map(async (target, number) => {
        const root = `new-${number}`;
        const batch = await target.begin({ root, adopt: ['old'] });
        const names = Object.entries(files);
        const codes = codesOf(
          await batch.adoptAll(names.map(([name, content]) => request(`old/${name}`, `${root}/${name}`, content))),
        );
        for (const [index, [name, content]] of names.entries()) {
          if (codes[index] !== 'taken') await batch.put(`${root}/${name}`, bytesSource(body(content)));
        }
        await batch.commit({ key: `${root}/record`, body: body('r') });
        return codes.filter((code) => code === 'taken').length;
      }),
    );
    expect(takenBy.sort()).toEqual([0, 0, 0, 0, 0, 50]);
    expect(await keysOf(await store.open())).toHaveLength(6 * 51);
    expect(store.residue()).toEqual([]);
  });

  test('and was not used up when the next one was killed too is there for the one after it, at the same depth', async () => {
    const store = testStore();
    await killedBatch(store, 'one', { a: 'a', b: 'b', c: 'c', d: 'd' });
    for (const [root, before, name] of [
      ['two', ['one'], 'a'],
      ['three', ['one', 'two'], 'b'],
    ] as const) {
      const batch = await (await store.open({ means: { host: endedProcess() } })).begin({ root, adopt: before });
      expect(codesOf(await batch.adoptAll([request(`one/${name}`, `${root}/${name}`, name)]))).toEqual(['taken']);
    }
    const target = await store.open();
    const batch = await target.begin({ root: 'new', adopt: ['one', 'two', 'three'] });
    expect(treeOf(store, 'one').split('/')).toHaveLength(treeOf(store, 'two').split('/').length);
    const froms = ['two/a', 'three/b', 'one/c', 'one/d'];
    const requests = froms.map((from) => request(from, `new/${from.slice(-1)}`, from.slice(-1)));
    expect(codesOf(await batch.adoptAll(requests))).toEqual(['taken', 'taken', 'taken', 'taken']);
    await batch.commit({ key: 'new/record', body: body('r') });
    expect(await keysOf(target)).toEqual(['new/a', 'new/b', 'new/c', 'new/d', 'new/record']);
    expect(store.residue()).toEqual([]);
  });

  test('is given for the roots that were named, and not for another in the same claim', async () => {
    const store = testStore();
    await killedBatch(store, 'one', { a: 'a', b: 'b' });
    const dead = await (await store.open({ means: { host: endedProcess() } })).begin({ root: 'two', adopt: ['one'] });
    await dead.adoptAll([request('one/a', 'two/a', 'a')]);
    const batch = await (await store.open()).begin({ root: 'new', adopt: ['one'] });
    const requests = [request('two/a', 'new/a', 'a'), request('one/b', 'new/b', 'b')];
    expect(codesOf(await batch.adoptAll(requests))).toEqual(['NOT_FOUND', 'taken']);
    await batch.abort();
    expect(store.residue()).toEqual([]);
  });

  test('never takes the place of what the batch has put', async () => {
    const store = testStore();
    await killedBatch(store, 'old', { a: 'whole' });
    const target = await store.open();
    const batch = await target.begin({ root: 'new', adopt: ['old'] });
    await batch.put('new/a', bytesSource(body('put')));
    const [outcome] = await batch.adoptAll([request('old/a', 'new/a', 'whole')]);
    expect(outcome?.status).toBe('rejected');
    await batch.commit({ key: 'new/record', body: body('r') });
    expect(await textOf(target, 'new/a')).toBe('put');
  });

  test('is not touched when a signal has fired', async () => {
    const store = testStore();
    await killedBatch(store, 'old', { a: 'whole', large: LARGE });
    const batch = await (await store.open()).begin({ root: 'new', adopt: ['old'] });
    const stop = new AbortController();
    const running = batch.adoptAll([request('old/large', 'new/large', LARGE)], { signal: stop.signal });
    stop.abort();
    expect(codesOf(await running)).toEqual(['ABORTED']);
    expect(existsSync(join(treeOf(store, 'old'), 'large'))).toBe(true);
    await batch.abort();
    expect(store.residue()).toEqual([]);
  });
});

test('what is taken over is flushed with the rest: each large file by itself, the folders that hold the names, then one rename', async () => {
  const store = testStore();
  await killedBatch(store, 'old', { small: 'small', large: LARGE });
  const steps: FileStep[] = [];
  const target: BackupTarget = await store.open({ durableBy: 'fsync', onStep: (step) => void steps.push(step) });
  const batch = await target.begin({ root: 'new', adopt: ['old'] });
  const requests = [request('old/small', 'new/f/small', 'small'), request('old/large', 'new/f/large', LARGE)];
  expect(codesOf(await batch.adoptAll(requests))).toEqual(['taken', 'taken']);
  await batch.commit({ key: 'new/record', body: body('r') });
  const published = steps.findIndex(({ kind, path }) => kind === 'rename' && path === store.at('new'));
  const synced = steps.slice(0, published).flatMap(({ kind, path }) => (kind === 'sync' ? [path] : []));
  for (const name of ['f/small', 'f/large', 'f', 'record']) {
    expect(
      synced.filter((path) => path.endsWith(`/tree/new/${name}`)),
      name,
    ).toHaveLength(1);
  }
});

test('a file system that does not keep modes and times takes nothing over, and says so before anything is done', async () => {
  const store = testStore();
  await killedBatch(store, 'old', { a: 'whole' });
  const { factsOf } = await import('@holdfast/core/files');
  const fileSystem = factsOf('exfat', 'linux', { foldsCase: undefined, wholeSeconds: false });
  const target = await store.open({ means: { fileSystem } });
  expect(target.capabilities.adopts).toBe(false);
  await expect(target.begin({ root: 'new', adopt: ['old'] })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  expect(existsSync(join(treeOf(store, 'old'), 'a'))).toBe(true);
});

function rewritten(path: string, content: string): void {
  chmodSync(path, 0o644);
  writeFileSync(path, content);
  chmodSync(path, 0o444);
  utimesSync(path, Number(TIME_NS) / 1e9, Number(TIME_NS) / 1e9);
}
