import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { factsOf } from '@holdfast/core/files';
import { emptySource, openTarget, parseAddress } from '@holdfast/core/target';
import { describe, expect, test } from 'vitest';
import { adapter, openLocalFs } from '../src/index.js';
import { body, freshFolder, keysOf, snapshot, testStore, text, textOf, zeros } from './store.js';

const adapters = { file: async () => adapter };

describe('opening', () => {
  test('writes nothing: a place that is not there is empty, and is made by the first batch', async () => {
    const store = testStore();
    const target = await openLocalFs(join(store.root, 'deep', 'er'));
    expect(await keysOf(target)).toEqual([]);
    expect(await target.stat('a')).toBeUndefined();
    await expect(textOf(target, 'a')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await target.delete(['a/b']);
    expect(existsSync(store.root)).toBe(false);
    await snapshot(target, 'snap', { file: '1' });
    expect(readdirSync(join(store.root, 'deep', 'er'))).toEqual(['snap']);
    await target.close();
  });

  test('what is no folder, or lies below one that is none, is MISCONFIGURED', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('nowhere', join(folder, 'dangling'));
    for (const path of [join(folder, 'file'), join(folder, 'file', 'below'), '', 'a\0b']) {
      await expect(openLocalFs(path), path).rejects.toMatchObject({ code: 'MISCONFIGURED', operation: 'open' });
    }
    const dangling = await openLocalFs(join(folder, 'dangling'));
    await expect(dangling.begin()).rejects.toMatchObject({ code: 'MISCONFIGURED', operation: 'begin' });
    await dangling.close();
  });

  test('takes absolute and relative paths, as file: addresses and bare', async () => {
    const { root } = testStore();
    const here = relative(process.cwd(), root);
    for (const address of [root, here, `file:${root}`, `file://${root}`, `file:${here}`]) {
      const target = await openTarget(address, adapters);
      expect(target.url).toBe(`file://${root}`);
      expect(target.localPaths).toEqual([root]);
      expect(parseAddress(target.url)).toEqual({ scheme: 'file', location: root });
      await target.close();
    }
  });

  test('takes a path literally: nothing in it is decoded', async () => {
    const { folder } = testStore();
    const target = await openTarget(`file:${folder}/100%25 #?`, adapters);
    await snapshot(target, 'snap', { file: '1' });
    expect(readdirSync(folder)).toEqual(['100%25 #?']);
    await target.close();
  });

  test('refuses options that it does not know', async () => {
    const { root } = testStore();
    const open = (adapterOptions: Record<string, unknown>) => openTarget(root, adapters, { adapterOptions });
    await expect(open({ durabelBy: 'fsync' })).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    await expect(open({ durableBy: 'luck' })).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    for (const durableBy of ['auto', 'fsync']) await (await open({ durableBy })).close();
  });

  test('says what it can do, and does not change its mind', async () => {
    const { capabilities } = await testStore().open();
    expect(capabilities).toMatchObject({
      rangeRead: true,
      append: true,
      delete: true,
      retention: false,
      maxSegmentBytes: 255,
    });
    expect(Object.isFrozen(capabilities)).toBe(true);
  });
});

describe('on FAT', () => {
  const onFat = () => {
    const store = testStore();
    const fileSystem = factsOf('fat', 'linux', { foldsCase: undefined, wholeSeconds: true });
    return { store, target: store.open({ means: { fileSystem } }) };
  };

  test('the capabilities say what is missing', async () => {
    expect((await onFat().target).capabilities).toMatchObject({
      putIfAbsent: false,
      copy: false,
      copyShares: false,
      attributes: false,
      durability: 'processCrash',
      maxObjectBytes: 2 ** 32 - 1,
      caseSensitiveKeys: false,
      windowsNames: true,
    });
  });

  test('what is missing is UNSUPPORTED before any I/O', async () => {
    const target = await onFat().target;
    const batch = await target.begin();
    const link = { attributes: { type: 'symlink' as const, linkTarget: body('x') } };
    await expect(batch.put('link', emptySource, link)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(batch.put('folder', emptySource, { attributes: { type: 'directory' } })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
    await expect(batch.copy('a', 'b')).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    const record = { key: 'record', body: body('1'), ifAbsent: true };
    await expect(batch.commit(record)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await batch.put('file', text('1'), { attributes: { mode: 0o644, mtimeNs: 5n } });
    await batch.commit();
    expect(await keysOf(target)).toEqual(['file']);
  });

  test('a name or size that it cannot hold is refused before any I/O', async () => {
    const batch = await (await onFat().target).begin({ root: 'r' });
    for (const key of ['r/a:b', 'r/CON', 'r/x.', 'r/a\\b']) {
      await expect(batch.put(key, text('1')), key).rejects.toMatchObject({ code: 'INVALID_KEY' });
    }
    await expect(batch.put('r/huge', zeros(2 ** 32))).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });
});

test('everything after close is CLOSED', async () => {
  const store = testStore();
  const target = await store.open();
  await target.close();
  await target.close();
  const closed = { code: 'CLOSED' };
  await expect(keysOf(target)).rejects.toMatchObject(closed);
  await expect(target.stat('a')).rejects.toMatchObject(closed);
  await expect(textOf(target, 'a')).rejects.toMatchObject(closed);
  await expect(target.begin()).rejects.toMatchObject(closed);
  await expect(target.delete(['a'])).rejects.toMatchObject(closed);
});

test('a file in the place of the store, found only when a batch begins, is MISCONFIGURED', async () => {
  const store = testStore();
  const target = await store.open();
  writeFileSync(store.root, '');
  await expect(target.begin()).rejects.toMatchObject({ code: 'MISCONFIGURED', operation: 'begin' });
});

test('a foreign file in the place of our own folder is MISCONFIGURED', async () => {
  const store = testStore();
  mkdirSync(store.root);
  writeFileSync(store.at('.holdfast'), '');
  await expect((await store.open()).begin()).rejects.toMatchObject({ code: 'MISCONFIGURED' });
});
