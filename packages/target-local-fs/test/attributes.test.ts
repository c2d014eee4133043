import { lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { sameTime } from '@holdfast/core/files';
import { emptySource, type ObjectAttributes } from '@holdfast/core/target';
import { describe, expect, test } from 'vitest';
import { body, keysOf, linesOf, testStore, text, zeros } from './store.js';

const MTIME_NS = 1_600_000_000_123_456_789n;
const FOLDER: ObjectAttributes = { type: 'directory', mode: 0o2750, mtimeNs: MTIME_NS };
const KINDS = [
  { label: 'with a root', begin: { root: 'r' } },
  { label: 'without a root', begin: {} },
];

function modeOf(path: string): string {
  return (lstatSync(path).mode & 0o7777).toString(8);
}

function mtimeNsOf(path: string): bigint {
  return lstatSync(path, { bigint: true }).mtimeNs;
}

describe.each(KINDS)('a batch $label', ({ begin }) => {
  test.each([
    { mode: undefined, stored: '444' },
    { mode: 0o644, stored: '444' },
    { mode: 0o755, stored: '555' },
    { mode: 0o000, stored: '400' },
    { mode: 0o200, stored: '400' },
    { mode: 0o6711, stored: '511' },
  ])(
    'stores a file read-only, readable for its owner, without lent rights: $mode as $stored, small or large',
    async ({ mode, stored }) => {
      const store = testStore();
      const before = process.umask(0o077);
      try {
        const batch = await (await store.open()).begin(begin);
        const options = mode === undefined ? {} : { attributes: { mode } };
        await batch.put('r/small', text('1'), options);
        await batch.put('r/large', zeros(1024 * 1024 + 1), options);
        await batch.commit();
      } finally {
        process.umask(before);
      }
      expect([modeOf(store.at('r/small')), modeOf(store.at('r/large'))]).toEqual([stored, stored]);
    },
  );

  test('keeps times to the microsecond, of files, links and folders that got something later', async () => {
    const store = testStore();
    const batch = await (await store.open()).begin(begin);
    await batch.put('r/d', emptySource, { attributes: FOLDER });
    await batch.put('r/d/e', emptySource, { attributes: FOLDER });
    await batch.put('r/d/e/file', text('1'), { attributes: { mtimeNs: MTIME_NS } });
    await batch.put('r/d/large', zeros(1024 * 1024 + 1), { attributes: { mtimeNs: MTIME_NS } });
    await batch.put('r/d/link', emptySource, {
      attributes: { type: 'symlink', linkTarget: body('file'), mtimeNs: MTIME_NS },
    });
    await batch.commit({ key: 'r/d/e/record', body: body('1') });
    for (const key of ['r/d', 'r/d/e', 'r/d/e/file', 'r/d/large', 'r/d/link']) {
      expect(sameTime(mtimeNsOf(store.at(key)), MTIME_NS), key).toBe(true);
    }
    expect([modeOf(store.at('r/d')), modeOf(store.at('r/d/e'))]).toEqual(['750', '750']);
  });

  test('keeps a link as the bytes that it is', async () => {
    const store = testStore();
    const linkTarget = Buffer.from([0x2e, 0x2e, 0x2f, 0xff, 0xfe]);
    const target = await store.open();
    const batch = await target.begin(begin);
    await batch.put('r/link', emptySource, { attributes: { type: 'symlink', linkTarget } });
    await batch.commit();
    expect(readlinkSync(store.at('r/link'), 'buffer')).toEqual(linkTarget);
    expect(await linesOf(target)).toEqual([{ key: 'r/link', type: 'symlink', sizeBytes: 0 }]);
  });

  test.each([undefined, new Uint8Array(), Buffer.from('a\0b')])(
    'refuses a link that cannot be made (%s) before any I/O',
    async (linkTarget) => {
      const batch = await (await testStore().open()).begin(begin);
      const attributes = { type: 'symlink' as const, ...(linkTarget === undefined ? {} : { linkTarget }) };
      await expect(batch.put('r/link', emptySource, { attributes })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    },
  );

  test('leaves a folder manageable for its owner whatever its mode was', async () => {
    const store = testStore();
    const batch = await (await store.open()).begin(begin);
    await batch.put('r/d', emptySource, { attributes: { type: 'directory', mode: 0 } });
    await batch.put('r/d/file', text('1'));
    await batch.commit();
    expect(modeOf(store.at('r/d'))).toBe('700');
  });

  test('leaves no folder that was made for a put that failed', async () => {
    const store = testStore();
    const target = await store.open();
    const batch = await target.begin(begin);
    const short = { sizeBytes: 2, open: text('1').open };
    await expect(batch.put('r/only/here/file', short)).rejects.toMatchObject({ code: 'SIZE_MISMATCH' });
    await expect(batch.put('r/both/large', { ...short, sizeBytes: 2_000_000 })).rejects.toMatchObject({
      code: 'SIZE_MISMATCH',
    });
    await batch.put('r/both/file', text('1'));
    await batch.commit();
    expect(await keysOf(target)).toEqual(['r/both/file']);
    expect(readdirSync(store.at('r'))).toEqual(['both']);
  });

  test('refuses the same key twice, as a file, a folder or a link', async () => {
    const target = await testStore().open();
    const batch = await target.begin(begin);
    await batch.put('r/file', text('1'));
    await batch.put('r/folder', emptySource, { attributes: FOLDER });
    for (const key of ['r/file', 'r/folder']) {
      await expect(batch.put(key, text('2')), key).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
      await expect(batch.put(key, emptySource, { attributes: FOLDER }), key).rejects.toMatchObject({
        code: 'ALREADY_EXISTS',
      });
      await expect(
        batch.put(key, emptySource, { attributes: { type: 'symlink', linkTarget: body('x') } }),
        key,
      ).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    }
    await batch.commit();
    expect(await linesOf(target)).toEqual([
      { key: 'r/file', type: 'file', sizeBytes: 1 },
      { key: 'r/folder', type: 'directory', sizeBytes: 0 },
    ]);
  });
});

test('a put that fails keeps no descriptor open', async () => {
  const store = testStore();
  const batch = await (await store.open()).begin({ root: 'r' });
  const open = () => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
  const failing = (sizeBytes: number) => ({
    sizeBytes,
    async *open() {
      yield new Uint8Array(1);
      throw new Error('source');
    },
  });
  const before = open();
  for (let index = 0; index < 20; index++) {
    await expect(batch.put(`r/${index}`, failing(10))).rejects.toThrow('source');
    await expect(batch.put(`r/${index}`, failing(2_000_000))).rejects.toThrow('source');
  }
  expect(open()).toBe(before);
});

test('a file that is stored cannot be written by its owner, and is its own inode', async () => {
  const store = testStore();
  const target = await store.open();
  const batch = await target.begin({ root: 'r' });
  await batch.put('r/file', text('1'), { attributes: { mode: 0o666 } });
  await batch.commit();
  const stats = statSync(store.at('r/file'));
  expect([stats.mode & 0o222, stats.nlink]).toEqual([0, 1]);
});
