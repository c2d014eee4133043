import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileSystemOf } from '@holdfast/core/files';
import { compareKeys } from '@holdfast/core/target';
import { describe, expect, test } from 'vitest';
import { body, keysOf, linesOf, snapshot, testStore, text, textOf } from './store.js';

const LONGEST = 'n'.repeat(255);
const LONGEST_EMOJI = '🪝'.repeat(63);

describe.each([
  { label: 'with a root', begin: { root: 'r' } },
  { label: 'without a root', begin: {} },
])('a batch $label', ({ begin }) => {
  test('takes names of 255 bytes, for files, folders and the record: nothing is ever added to a name', async () => {
    const target = await testStore().open();
    const batch = await target.begin(begin);
    const keys = [`r/${LONGEST}`, `r/d/${LONGEST}/${LONGEST}`, `r/${LONGEST_EMOJI}`];
    for (const key of keys) await batch.put(key, text(key));
    const record = `r/z/${LONGEST}`;
    await batch.commit({ key: record, body: body('r') });
    expect(await keysOf(target)).toEqual([...keys, record].sort(compareKeys));
    for (const key of keys) expect(await textOf(target, key)).toBe(key);
  });

  test('refuses longer names before any I/O', async () => {
    const target = await testStore().open();
    const batch = await target.begin(begin);
    await expect(batch.put(`r/${LONGEST}n`, text('1'))).rejects.toMatchObject({ code: 'INVALID_KEY' });
    await expect(batch.put(`r/${'🪝'.repeat(64)}`, text('1'))).rejects.toMatchObject({ code: 'INVALID_KEY' });
  });

  test('takes the longest key it declares', async () => {
    const target = await testStore().open();
    const { maxKeyBytes } = target.capabilities;
    const key = `r${`/${LONGEST}`.repeat(20)}`.slice(0, maxKeyBytes).replace(/\/$/, 'x');
    const batch = await target.begin(begin);
    await batch.put(key, text('deep'));
    await expect(batch.put(`${key}${'y'.repeat(maxKeyBytes)}`, text('1'))).rejects.toMatchObject({
      code: 'INVALID_KEY',
    });
    await batch.commit();
    expect(await textOf(target, key)).toBe('deep');
    expect(await keysOf(target)).toEqual([key]);
    await target.delete([key]);
    expect(await keysOf(target)).toEqual([]);
  });
});

test('a folder sorts by what lies below it, an empty one by its name', async () => {
  const target = await testStore().open();
  const keys = ['a', 'a.b', 'a/x', 'a0', 'b-', 'b/x', 'b/x.y', 'b/x/y', 'ｆ', '🪝', 'e', 'e.f', 'e/f'];
  const empty = ['a', 'b/x', 'e'];
  const batch = await target.begin({ root: 'r' });
  for (const key of keys.filter((name) => !empty.includes(name))) await batch.put(`r/${key}`, text('1'));
  for (const name of ['c', 'c-d']) await batch.put(`r/${name}`, text(''), { attributes: { type: 'directory' } });
  await batch.put('r/c.d', text('1'));
  await batch.commit();
  const listed = (await keysOf(target)).map((key) => key.slice(2));
  expect(listed).toEqual(['a.b', 'a/x', 'a0', 'b-', 'b/x.y', 'b/x/y', 'c', 'c-d', 'c.d', 'e.f', 'e/f', 'ｆ', '🪝']);
  expect(listed).toEqual([...listed].sort(compareKeys));
});

test('one level shows each folder once, where its keys would sort', async () => {
  const target = await testStore().open();
  await snapshot(target, 'a', { x: '1', 'y/z': '1' });
  await snapshot(target, 'a.b', { x: '1' });
  const lines = [];
  for await (const line of target.list('', { oneLevel: true })) lines.push(line);
  expect(lines).toEqual([
    { key: 'a.b/', type: 'prefix', sizeBytes: 0 },
    { key: 'a/', type: 'prefix', sizeBytes: 0 },
  ]);
});

test.runIf(process.platform === 'linux')(
  'foreign names that are not UTF-8 are passed over, and left alone',
  async () => {
    const store = testStore();
    const target = await store.open();
    await snapshot(target, 'snap', { file: '1', '�': 'a true replacement character' });
    const foreign = Buffer.concat([Buffer.from(store.at('snap', 'f')), Buffer.from([0xff])]);
    writeFileSync(foreign, 'foreign');
    writeFileSync(Buffer.concat([Buffer.from(store.at('snap', 'f')), Buffer.from([0xfe])]), 'foreign');
    const nested = Buffer.concat([Buffer.from(store.at('foreign')), Buffer.from('/')]);
    mkdirSync(store.at('foreign'));
    mkdirSync(Buffer.concat([nested, Buffer.from([0xff])]));
    expect(await keysOf(target)).toEqual(['foreign', 'snap/file', 'snap/record', 'snap/�']);
    expect((await target.stat('foreign'))?.type).toBe('directory');
    await target.delete(['snap/file', 'snap/record', 'snap/�', 'foreign']);
    expect([existsSync(foreign), existsSync(store.at('foreign'))]).toEqual([true, true]);
  },
);

test('our own folder is never an object, and what lies in staging has no key', async () => {
  const store = testStore();
  const target = await store.open();
  await snapshot(target, 'snap', {});
  mkdirSync(store.at('.holdfast', 'staging', 'left'), { recursive: true });
  writeFileSync(store.at('.holdfast', 'staging', 'left', 'file'), '');
  expect(await keysOf(target)).toEqual(['snap/record']);
  expect(await keysOf(target, '.holdfast/staging/')).toEqual([]);
  for (const key of ['.holdfast', '.holdfast/staging', '.holdfast/staging/left/file']) {
    await expect(target.stat(key), key).rejects.toMatchObject({ code: 'INVALID_KEY' });
    await expect(textOf(target, key), key).rejects.toMatchObject({ code: 'INVALID_KEY' });
    await expect(target.delete([key]), key).rejects.toMatchObject({ code: 'INVALID_KEY' });
    const batch = await target.begin();
    await expect(batch.put(key, text('1')), key).rejects.toMatchObject({ code: 'INVALID_KEY' });
    await expect(batch.copy('snap/record', key), key).rejects.toMatchObject({ code: 'INVALID_KEY' });
    await expect(batch.commit({ key, body: body('1') }), key).rejects.toMatchObject({ code: 'INVALID_KEY' });
    await batch.abort();
  }
  await expect(target.begin({ root: '.holdfast' })).rejects.toMatchObject({ code: 'INVALID_KEY' });
});

test('other keys below .holdfast are ordinary objects', async () => {
  const target = await testStore().open();
  const batch = await target.begin();
  await batch.put('.holdfast/trash/one', text('1'));
  await batch.commit({ key: '.holdfast/target.json', body: body('{}') });
  expect(await linesOf(target)).toEqual([
    { key: '.holdfast/target.json', type: 'file', sizeBytes: 2 },
    { key: '.holdfast/trash/one', type: 'file', sizeBytes: 1 },
  ]);
  await target.delete(['.holdfast/trash/one', '.holdfast/target.json']);
  expect(await keysOf(target)).toEqual([]);
});

test('where the file system folds case, so do the names that are ours, and objects that collide are refused', async () => {
  const store = testStore();
  const fileSystem = { ...(await fileSystemOf(store.folder)), caseSensitive: false };
  const target = await store.open({ means: { fileSystem } });
  expect(target.capabilities.caseSensitiveKeys).toBe(false);
  const batch = await target.begin();
  await expect(batch.put('.HoldFast/STAGING/x', text('1'))).rejects.toMatchObject({ code: 'INVALID_KEY' });
  await expect(target.begin({ root: '.HOLDFAST' })).rejects.toMatchObject({ code: 'INVALID_KEY' });
  await batch.abort();
  expect(existsSync(join(store.root, '.HoldFast'))).toBe(false);
});
