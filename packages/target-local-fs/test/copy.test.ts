import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sameTime } from '@holdfast/core/files';
import type { BackupTarget, ObjectAttributes } from '@holdfast/core/target';
import { beforeEach, describe, expect, test } from 'vitest';
import type { LocalFsMeans } from '../src/index.js';
import { afterThisTest, body, freshFolder, linesOf, type TestStore, testStore, text, textOf } from './store.js';

const SAME: ObjectAttributes = { mode: 0o644, mtimeNs: 1_600_000_000_123_456_789n };

function failing(code: string): () => never {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

/** A file system without clones, whatever the test runs on. */
const noClones: Partial<LocalFsMeans> = { clone: async () => failing('ENOTSUP')() };

let store: TestStore;
let target: BackupTarget;

async function fill(means: Partial<LocalFsMeans>): Promise<void> {
  target = await store.open({ means });
  const batch = await target.begin({ root: 'old' });
  await batch.put('old/file', text('content'), { attributes: SAME });
  await batch.commit({ key: 'old/record', body: body('1') });
}

async function copied(attributes: ObjectAttributes | undefined): Promise<BackupTarget> {
  const batch = await target.begin({ root: 'new' });
  await batch.copy('old/file', 'new/d/file', attributes === undefined ? {} : { attributes });
  await batch.commit({ key: 'new/record', body: body('2') });
  return target;
}

async function refused(attributes: ObjectAttributes, from = 'old/file'): Promise<unknown> {
  const batch = await target.begin({ root: 'new' });
  const error = await batch.copy(from, 'new/d/file', { attributes }).then(
    () => 'copied',
    (reason: unknown) => reason,
  );
  // What is refused is put instead, under the same key.
  await batch.put('new/d/file', text('content'), { attributes });
  await batch.commit();
  expect(await textOf(target, 'new/d/file')).toBe('content');
  return error;
}

beforeEach(() => {
  store = testStore();
});

describe('where nothing can be cloned, a copy is a hard link', () => {
  beforeEach(() => fill(noClones));

  test('if mode, time and owner would be equal; both names then say that they share', async () => {
    await copied(SAME);
    const lines = (await linesOf(target)).filter(({ key }) => key.endsWith('file'));
    const { dev, ino } = lstatSync(store.at('old/file'));
    expect(lines).toEqual(
      ['new/d/file', 'old/file'].map((key) => ({ key, type: 'file', sizeBytes: 7, sharedId: `${dev}:${ino}` })),
    );
    expect(await target.stat('new/d/file')).toEqual({ ...lines[0] });
  });

  test('also where nothing was asked for but the bytes, or another mode that is stored the same', async () => {
    await copied(undefined);
    expect(lstatSync(store.at('new/d/file')).ino).toBe(lstatSync(store.at('old/file')).ino);
    const batch = await target.begin();
    await batch.copy('old/file', 'third', { attributes: { ...SAME, mode: 0o444 } });
    await batch.commit();
    expect(lstatSync(store.at('third')).nlink).toBe(3);
  });

  test.each([
    { what: 'another mode', attributes: { ...SAME, mode: 0o755 } },
    { what: 'a time 3 µs later', attributes: { ...SAME, mtimeNs: 1_600_000_000_123_459_999n } },
    { what: 'another time', attributes: { ...SAME, mtimeNs: 1n } },
  ])('and is refused for $what: one inode has one', async ({ attributes }) => {
    expect(await refused(attributes)).toMatchObject({ code: 'COPY_REFUSED', key: 'new/d/file', retryable: false });
    expect(lstatSync(store.at('old/file')).nlink).toBe(1);
    expect(sameTime(lstatSync(store.at('old/file'), { bigint: true }).mtimeNs, SAME.mtimeNs ?? 0n)).toBe(true);
  });

  test('and is refused for a file that somebody made writable', async () => {
    chmodSync(store.at('old/file'), 0o644);
    expect(await refused(SAME)).toMatchObject({ code: 'COPY_REFUSED' });
  });

  test.runIf(process.getuid?.() === 0)('and is refused for a file of another owner or group', async () => {
    chownSync(store.at('old/file'), 65534, 0);
    expect(await refused(SAME)).toMatchObject({ code: 'COPY_REFUSED' });
  });

  test('of an object staged earlier in the batch too', async () => {
    for (const begin of [{ root: 'r' }, {}]) {
      const batch = await target.begin(begin);
      await batch.put('r/one', text('1'), { attributes: SAME });
      await batch.copy('r/one', 'r/two', { attributes: SAME });
      await expect(batch.copy('r/none', 'r/three')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await batch.commit();
      expect([await textOf(target, 'r/one'), await textOf(target, 'r/two')]).toEqual(['1', '1']);
      expect(lstatSync(store.at('r/two')).nlink).toBe(2);
      await target.delete(['r/one', 'r/two']);
    }
  });

  test('never of an object that is still being put', async () => {
    const batch = await target.begin({ root: 'r' });
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked: () => void = () => {};
    const reading = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const slow = {
      sizeBytes: 2_000_000,
      async *open() {
        asked();
        yield new Uint8Array(1_000_000);
        await held;
        yield new Uint8Array(1_000_000);
      },
    };
    const putting = batch.put('r/slow', slow);
    await reading;
    await expect(batch.copy('r/slow', 'r/copy')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    release();
    await putting;
    await batch.copy('r/slow', 'r/copy');
  });

  test('a deletion of one name leaves the other whole', async () => {
    await copied(SAME);
    await target.delete(['old/file']);
    expect(await textOf(target, 'new/d/file')).toBe('content');
    expect((await target.stat('new/d/file'))?.sharedId).toBeUndefined();
  });
});

test.each(['EMLINK', 'EXDEV', 'EPERM', 'ENOTSUP'])('a link that ends with %s is COPY_REFUSED', async (code) => {
  await fill({ ...noClones, link: failing(code) });
  expect(await refused(SAME)).toMatchObject({ code: 'COPY_REFUSED', cause: { code } });
});

test.each([
  ['ENOSPC', 'NO_SPACE'],
  ['EIO', 'UNAVAILABLE'],
])('a link or clone that ends with %s is %s, not a refusal', async (errno, code) => {
  await fill({ ...noClones, link: failing(errno) });
  expect(await refused(SAME)).toMatchObject({ code });
  store = testStore();
  await fill({ clone: async () => failing(errno)() });
  expect(await refused(SAME)).toMatchObject({ code });
});

test('a link to another file than the one that was looked at is not taken', async () => {
  await fill({ ...noClones, link: (_from, to) => linkSync(store.at('old/record'), to) });
  expect(await refused(SAME)).toMatchObject({ code: 'COPY_REFUSED' });
  expect(lstatSync(store.at('old/record')).nlink).toBe(1);
});

test('whether clones work is tried once, not for every file', async () => {
  let tried = 0;
  await fill({
    clone: async () => {
      tried += 1;
      failing('ENOTSUP')();
    },
  });
  const batch = await target.begin({ root: 'new' });
  for (let index = 0; index < 10; index++) await batch.copy('old/file', `new/${index}`, { attributes: SAME });
  await batch.commit();
  expect(tried).toBe(1);
});

test('one file that cannot be cloned does not end the cloning of others', async () => {
  let tried = 0;
  await fill({
    clone: async (from, to) => {
      tried += 1;
      if (tried === 2) failing('EXDEV')();
      execFileSync('cp', [from, to]);
    },
  });
  const batch = await target.begin({ root: 'new' });
  for (let index = 0; index < 3; index++) await batch.copy('old/file', `new/${index}`, { attributes: SAME });
  await batch.commit();
  expect(tried).toBe(3);
  expect([0, 1, 2].map((index) => lstatSync(store.at('new', String(index))).nlink)).toEqual([1, 2, 1]);
});

test('a clone that does not have the size of its source is not taken', async () => {
  await fill({
    clone: async (_from, to) => writeFileSync(to, 'short'),
  });
  expect(await refused(SAME)).toMatchObject({ code: 'UNAVAILABLE' });
});

test('on a file system that shares blocks a copy is a clone: its own inode, with its own mode and time', async ({
  skip,
}) => {
  const folder = xfs();
  if (folder === undefined) {
    console.error('NOT RUN: clones on a real file system (needs root, mkfs.xfs and a loop device)');
    return skip('no file system with clones could be mounted');
  }
  store = testStore(folder);
  target = await store.open();
  const batch = await target.begin({ root: 'old' });
  await batch.put('old/file', text('x'.repeat(100_000)), { attributes: SAME });
  await batch.commit();
  const other = { mode: 0o755, mtimeNs: 1_500_000_000_000_001_000n };
  const next = await target.begin({ root: 'new' });
  await next.copy('old/file', 'new/file', { attributes: other });
  await next.commit();
  const [old, made] = [statSync(store.at('old/file')), statSync(store.at('new/file'), { bigint: true })];
  expect([old.nlink, old.mode & 0o777, Number(made.nlink), Number(made.mode & 0o777n)]).toEqual([1, 0o444, 1, 0o555]);
  expect(sameTime(made.mtimeNs, other.mtimeNs)).toBe(true);
  expect(await textOf(target, 'new/file')).toBe('x'.repeat(100_000));
  expect((await linesOf(target)).every((line) => line.sharedId === undefined)).toBe(true);
  expect(execFileSync('filefrag', ['-v', store.at('new/file')], { encoding: 'utf8' })).toContain('shared');
  await target.close();
});

/** A small xfs with reflinks, mounted for this test; `undefined` where that cannot be had. */
function xfs(): string | undefined {
  const folder = freshFolder();
  const [image, point] = [join(folder, 'image'), join(folder, 'mounted')];
  try {
    writeFileSync(image, '');
    truncateSync(image, 320 * 1024 * 1024);
    mkdirSync(point);
    execFileSync('mkfs.xfs', ['-q', '-m', 'reflink=1', image], { stdio: 'pipe' });
    execFileSync('mount', ['-o', 'loop', image, point], { stdio: 'pipe' });
    afterThisTest(() => void execFileSync('umount', [point]));
    return point;
  } catch {
    return undefined;
  }
}

test('what copies leave when they are refused is nothing', async () => {
  await fill({ ...noClones, link: failing('EMLINK') });
  const batch = await target.begin({ root: 'new' });
  await expect(batch.copy('old/file', 'new/deep/file', { attributes: SAME })).rejects.toMatchObject({
    code: 'COPY_REFUSED',
  });
  await batch.put('new/other', text('1'));
  await batch.commit();
  expect(readdirSync(store.at('new'))).toEqual(['other']);
  expect(existsSync(store.at('new/deep'))).toBe(false);
});
