import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  afterThisTest,
  body,
  filled,
  freshFolder,
  keysOf,
  snapshot,
  type TestStore,
  testStore,
  text,
  textOf,
} from './store.js';

const MIB = 1024 * 1024;

/** A store on a file system of this size, mounted for this test; `undefined` where that cannot be had. */
function smallDisk(sizeBytes: number): TestStore | undefined {
  const point = join(freshFolder(), 'disk');
  mkdirSync(point);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', point], { stdio: 'pipe' });
  } catch {
    console.error('NOT RUN: a full disk (needs the right to mount a tmpfs)');
    return undefined;
  }
  afterThisTest(() => void execFileSync('umount', ['-l', point]));
  return testStore(point);
}

test.for([
  { label: 'with a root', begin: { root: 'r' } },
  { label: 'without a root', begin: {} },
])(
  'when the disk is full in the middle, the put fails and leaves nothing, and the batch $label can go on',
  async ({ begin }, { skip }) => {
    const store = smallDisk(4 * MIB);
    if (store === undefined) return skip('no tmpfs could be mounted');
    const target = await store.open();
    await snapshot(target, 'old', { file: 'old' });
    const batch = await target.begin(begin);
    await batch.put('r/first', filled(2 * MIB));
    const full = { code: 'NO_SPACE', operation: 'put', retryable: false, hint: expect.stringContaining('space') };
    await expect(batch.put('r/large', filled(3 * MIB))).rejects.toMatchObject({ ...full, key: 'r/large' });
    await batch.put('r/second', filled(MIB));
    await expect(batch.put('r/small', filled(MIB))).rejects.toMatchObject({ ...full, key: 'r/small' });
    await batch.put('r/third', text('there is room for this'));
    await batch.commit({ key: 'r/record', body: body('1') });
    expect(await keysOf(target)).toEqual(['old/file', 'old/record', 'r/first', 'r/record', 'r/second', 'r/third']);
    expect(await textOf(target, 'old/file')).toBe('old');
    expect(store.residue()).toEqual([]);
  },
);

test('when there is no room for the record, nothing of the batch is visible, and all of its space is given back', async ({
  skip,
}) => {
  const store = smallDisk(4 * MIB);
  if (store === undefined) return skip('no tmpfs could be mounted');
  const target = await store.open();
  await snapshot(target, 'old', { file: 'old' });
  for (const begin of [{ root: 'r' }, {}]) {
    const batch = await target.begin(begin);
    await batch.put('r/file', filled(3 * MIB));
    const record = { key: 'r/record', body: new Uint8Array(MIB) };
    await expect(batch.commit(record)).rejects.toMatchObject({ code: 'NO_SPACE', operation: 'commit' });
    expect(await keysOf(target)).toEqual(['old/file', 'old/record']);
    expect(store.residue()).toEqual([]);
  }
  await snapshot(target, 'next', { file: 'next' });
});

test('on a file system in memory the target promises nothing in a power cut', async ({ skip }) => {
  const store = smallDisk(MIB);
  if (store === undefined) return skip('no tmpfs could be mounted');
  expect((await store.open()).capabilities.durability).toBe('processCrash');
});

test('on a disk without a free byte a root is removed, its bytes are there again, and what dead batches left is swept', async ({
  skip,
}) => {
  const store = smallDisk(4 * MIB);
  if (store === undefined) return skip('no tmpfs could be mounted');
  const target = await store.open();
  await snapshot(target, 'old', { file: 'old' });
  const storeLarge = async (root: string): Promise<void> => {
    const batch = await target.begin({ root });
    await batch.put(`${root}/deep/file`, filled(2 * MIB));
    await batch.commit({ key: `${root}/record`, body: body('1') });
  };
  await storeLarge('large');
  mkdirSync(store.at('.holdfast', 'staging', 'condemned-left'), { recursive: true });
  writeFileSync(store.at('.holdfast', 'staging', 'condemned-left', 'half'), Buffer.alloc(MIB));
  expect(() => writeFileSync(store.at('filler'), Buffer.alloc(4 * MIB))).toThrow(/ENOSPC/);
  expect(await target.removeRoot('large', { record: 'large/record' })).toMatchObject({ objects: 2 });
  const found: string[] = [];
  for await (const { name, state } of target.sweep()) found.push(`${name} ${state}`);
  expect(found).toEqual(['condemned-left cleared']);
  await storeLarge('new');
  expect(await textOf(target, 'old/file')).toBe('old');
});

test('on a disk without a free byte a folder that is one snapshot is emptied too', async ({ skip }) => {
  const store = smallDisk(2 * MIB);
  if (store === undefined) return skip('no tmpfs could be mounted');
  const target = await store.open({ single: true });
  const batch = await target.begin({ root: 'old' });
  await batch.put('old/deep/file', filled(MIB));
  await batch.commit({ key: 'old/.holdfast/record', body: body('1') });
  expect(() => writeFileSync(join(store.folder, 'filler'), Buffer.alloc(4 * MIB))).toThrow(/ENOSPC/);
  expect(await target.removeRoot('old', { record: 'old/.holdfast/record' })).toMatchObject({ objects: 2 });
  expect(await keysOf(target)).toEqual([]);
  expect(readdirSync(store.root)).toEqual([]);
});
