import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptySource } from '@holdfast/core/target';
import { describe, expect, test } from 'vitest';
import { body, freshFolder, keysOf, linesOf, snapshot, testStore, text, textOf } from './store.js';

/** A store with a snapshot, and beside it a folder that is none of its business, with links to it in the store. */
async function trapped() {
  const store = testStore();
  const target = await store.open();
  await snapshot(target, 'snap', { 'real/file': 'inside' });
  const outside = join(store.folder, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'file'), 'outside');
  symlinkSync(outside, store.at('snap', 'trap'));
  symlinkSync(join(outside, 'file'), store.at('snap', 'file-trap'));
  symlinkSync('nowhere', store.at('snap', 'dangling'));
  return { store, target, outside };
}

describe('a link found in the store', () => {
  test('is a link: listed as one, without bytes of its own, and nothing lies below it', async () => {
    const { target } = await trapped();
    expect(await linesOf(target, 'snap/')).toEqual([
      { key: 'snap/dangling', type: 'symlink', sizeBytes: 0 },
      { key: 'snap/file-trap', type: 'symlink', sizeBytes: 0 },
      { key: 'snap/real/file', type: 'file', sizeBytes: 6 },
      { key: 'snap/record', type: 'file', sizeBytes: 6 },
      { key: 'snap/trap', type: 'symlink', sizeBytes: 0 },
    ]);
    expect(await keysOf(target, 'snap/trap/')).toEqual([]);
  });

  test('is never read through', async () => {
    const { target } = await trapped();
    for (const key of ['snap/trap/file', 'snap/file-trap', 'snap/trap', 'snap/dangling']) {
      await expect(textOf(target, key), key).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(await target.stat('snap/trap/file')).toBeUndefined();
    expect(await target.stat('snap/file-trap')).toEqual({ key: 'snap/file-trap', type: 'symlink', sizeBytes: 0 });
  });

  test('is never copied through', async () => {
    const { target } = await trapped();
    const batch = await target.begin({ root: 'next' });
    for (const key of ['snap/trap/file', 'snap/file-trap']) {
      await expect(batch.copy(key, 'next/file'), key).rejects.toMatchObject({ code: 'NOT_FOUND', operation: 'copy' });
    }
  });

  test('is never written through, and what it points to never gets a folder or a file', async () => {
    const { store, target, outside } = await trapped();
    for (const key of ['snap/trap/new', 'snap/trap/deep/new', 'snap/file-trap/new']) {
      const batch = await target.begin();
      await batch.put(key, text('1'));
      await expect(batch.commit(), key).rejects.toMatchObject({ code: 'INVALID_KEY', operation: 'commit' });
      const record = await target.begin();
      await expect(record.commit({ key, body: body('1') }), key).rejects.toMatchObject({ code: 'INVALID_KEY' });
    }
    expect(existsSync(join(outside, 'new'))).toBe(false);
    expect(existsSync(join(outside, 'deep'))).toBe(false);
    expect(store.residue()).toEqual([]);
  });

  test('is replaced, not written through, by an object of its own name', async () => {
    const { target, store, outside } = await trapped();
    const batch = await target.begin();
    await batch.put('snap/file-trap', text('new'));
    await batch.commit();
    expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('outside');
    expect(readFileSync(store.at('snap', 'file-trap'), 'utf8')).toBe('new');
  });

  test('is deleted itself; what it points to stays, and nothing is deleted through it', async () => {
    const { target, store, outside } = await trapped();
    await target.delete(['snap/trap/file']);
    expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('outside');
    await target.delete(['snap/trap', 'snap/file-trap', 'snap/dangling']);
    expect(existsSync(store.at('snap', 'trap'))).toBe(false);
    expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('outside');
  });

  test('takes the name of a root: a batch of that root is ALREADY_EXISTS', async () => {
    const { target, store } = await trapped();
    symlinkSync('nowhere', store.at('taken'));
    await expect(target.begin({ root: 'taken' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
  });
});

test('a link that a batch stages is never written through by the next object of that batch', async () => {
  const outside = freshFolder();
  const target = await testStore().open();
  const link = { attributes: { type: 'symlink' as const, linkTarget: body(outside) } };
  const rooted = await target.begin({ root: 'snap' });
  await rooted.put('snap/link', emptySource, link);
  await expect(rooted.put('snap/link/file', text('1'))).rejects.toMatchObject({ code: 'INVALID_KEY' });
  await expect(rooted.commit({ key: 'snap/link/record', body: body('1') })).rejects.toMatchObject({
    code: 'INVALID_KEY',
  });
  const loose = await target.begin();
  await loose.put('link', emptySource, link);
  await loose.put('link/file', text('1'));
  await expect(loose.commit()).rejects.toMatchObject({ code: 'INVALID_KEY' });
  expect([existsSync(join(outside, 'file')), existsSync(join(outside, 'record'))]).toEqual([false, false]);
  expect(await keysOf(target)).toEqual([]);
});

test.each(['.holdfast', '.holdfast/staging'])(
  'a link in the place of %s is refused: staging would lie elsewhere',
  async (name) => {
    const store = testStore();
    const outside = freshFolder();
    mkdirSync(store.at('.holdfast'), { recursive: true });
    if (name === '.holdfast') execFileSync('rmdir', [store.at('.holdfast')]);
    symlinkSync(outside, store.at(name));
    await expect((await store.open()).begin()).rejects.toMatchObject({ code: 'MISCONFIGURED', operation: 'begin' });
    expect(readlinkSync(store.at(name))).toBe(outside);
  },
);

describe.runIf(process.platform !== 'win32')('a pipe in the store', () => {
  test('is no object: not listed, absent, never waited for, and left alone', async () => {
    const store = testStore();
    const target = await store.open();
    await snapshot(target, 'snap', { file: '1' });
    execFileSync('mkfifo', [store.at('snap', 'pipe')]);
    expect(await keysOf(target)).toEqual(['snap/file', 'snap/record']);
    expect(await target.stat('snap/pipe')).toBeUndefined();
    await expect(textOf(target, 'snap/pipe')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const batch = await target.begin();
    await expect(batch.copy('snap/pipe', 'copy')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await batch.abort();
    await target.delete(['snap/pipe', 'snap/file', 'snap/record']);
    expect(existsSync(store.at('snap', 'pipe'))).toBe(true);
  });
});

test('a root below a link is the folder that the link points to, and stays it', async () => {
  const store = testStore();
  const real = freshFolder();
  symlinkSync(real, store.root);
  const target = await store.open();
  expect(target.localPaths).toEqual([real]);
  await snapshot(target, 'snap', { file: '1' });
  expect(readFileSync(join(real, 'snap', 'file'), 'utf8')).toBe('1');
});
