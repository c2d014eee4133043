import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { snapshot, type TestStore, testStore, text } from './store.js';

const CHILD = fileURLToPath(new URL('unprivileged-child.mjs', import.meta.url));
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

interface Outcome {
  readonly value?: unknown;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
}

/** As root `chmod` proves nothing, so it is done by nobody; anybody else is unprivileged already. */
function asNobody(store: TestStore, ...actions: string[]): Outcome[] {
  const output = execFileSync(process.execPath, [CHILD, store.root, ...actions], { encoding: 'utf8' });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome);
}

/** A store in a folder that others may enter. */
function reachable(): TestStore {
  const store = testStore();
  chmodSync(store.folder, 0o755);
  return store;
}

function giveToNobody(path: string): void {
  if (isRoot) chownSync(path, NOBODY, NOBODY);
}

describe.runIf(process.platform !== 'win32')('without rights', () => {
  test('a store that cannot be written is told at begin, before anything is copied, and can still be read', async () => {
    const store = reachable();
    await snapshot(await store.open(), 'snap', { file: 'content' });
    chmodSync(store.root, 0o555);
    const before = readdirSync(store.root);
    const [begin, loose, list, get] = asNobody(store, 'begin', 'beginLoose', 'list', 'get');
    expect(begin).toMatchObject({ code: 'ACCESS_DENIED', hint: expect.stringContaining('permissions') });
    expect(loose).toMatchObject({ code: 'ACCESS_DENIED' });
    expect(list).toEqual({ value: ['file snap/file', 'file snap/record'] });
    expect(get).toEqual({ value: 'content' });
    expect(readdirSync(store.root)).toEqual(before);
    chmodSync(store.root, 0o755);
  });

  test('a root that cannot take names is told at begin, though staging could be written', async () => {
    const store = reachable();
    mkdirSync(store.at('.holdfast/staging'), { recursive: true });
    giveToNobody(store.at('.holdfast/staging'));
    giveToNobody(store.at('.holdfast'));
    chmodSync(store.root, 0o555);
    expect(asNobody(store, 'begin')).toMatchObject([{ code: 'ACCESS_DENIED' }]);
    expect(store.residue()).toEqual([]);
    chmodSync(store.root, 0o755);
  });

  test('a store that cannot be made is told at begin', () => {
    const store = reachable();
    chmodSync(store.folder, 0o555);
    expect(asNobody(store, 'open', 'list', 'begin')).toMatchObject([
      { value: expect.stringContaining('file://') },
      { value: [] },
      { code: 'ACCESS_DENIED' },
    ]);
    chmodSync(store.folder, 0o755);
  });

  test('a store behind a closed door is no empty store', async () => {
    const store = reachable();
    await snapshot(await store.open(), 'snap', { file: '1' });
    chmodSync(store.folder, 0o000);
    expect(asNobody(store, 'open')).toMatchObject([{ code: 'ACCESS_DENIED' }]);
    chmodSync(store.folder, 0o755);
  });

  test('what cannot be asked is an error: no short list, no missing object', async () => {
    const store = reachable();
    await snapshot(await store.open(), 'snap', { file: '1', 'secret/file': '2', unreadable: '3' });
    chmodSync(store.at('snap/secret'), 0o000);
    chmodSync(store.at('snap/unreadable'), 0o000);
    expect(asNobody(store, 'list', 'stat', 'getSecret', 'getUnreadable')).toMatchObject([
      { code: 'ACCESS_DENIED' },
      { code: 'ACCESS_DENIED' },
      { code: 'ACCESS_DENIED' },
      { code: 'ACCESS_DENIED' },
    ]);
    chmodSync(store.at('snap/secret'), 0o755);
  });

  test('a folder that cannot be read is told by a listing of one level, which goes on; every way into it is an error', async () => {
    const store = reachable();
    await snapshot(await store.open(), 'snap', { file: '1' });
    mkdirSync(store.at('secret'), { mode: 0o000 });
    mkdirSync(store.at('vacant'));
    expect(asNobody(store, 'listTop', 'listSnap', 'list', 'listSecretTop', 'getBesideSnap')).toMatchObject([
      { value: ['prefix secret/', 'prefix snap/', 'directory vacant'] },
      { value: ['file snap/file', 'file snap/record'] },
      { code: 'ACCESS_DENIED' },
      { code: 'ACCESS_DENIED' },
      { code: 'ACCESS_DENIED' },
    ]);
    chmodSync(store.at('secret'), 0o755);
  });

  test('staging that cannot be read keeps nobody from reading', async () => {
    const store = reachable();
    await snapshot(await store.open(), 'snap', { file: 'content' });
    mkdirSync(store.at('.holdfast/staging'), { recursive: true });
    chmodSync(store.at('.holdfast/staging'), 0o000);
    expect(asNobody(store, 'listTop', 'list', 'get')).toEqual([
      { value: ['prefix snap/'] },
      { value: ['file snap/file', 'file snap/record'] },
      { value: 'content' },
    ]);
    chmodSync(store.at('.holdfast/staging'), 0o755);
  });

  test('what cannot be deleted is an error, and stays', async () => {
    const store = reachable();
    await snapshot(await store.open(), 'snap', { file: '1' });
    chmodSync(store.at('snap'), 0o555);
    expect(asNobody(store, 'delete')).toMatchObject([{ code: 'ACCESS_DENIED' }]);
    expect(statSync(store.at('snap/file')).isFile()).toBe(true);
    chmodSync(store.at('snap'), 0o755);
  });

  test.runIf(isRoot)('the file of another owner is never linked', async () => {
    const store = reachable();
    await snapshot(await store.open(), 'snap', { file: '1' });
    chmodSync(store.root, 0o777);
    expect(asNobody(store, 'copy')).toMatchObject([{ code: 'COPY_REFUSED' }]);
    expect(statSync(store.at('snap/file')).nlink).toBe(1);
  });

  test('a store of one’s own can be filled, read and cleared, whatever modes were put into it', async () => {
    const store = reachable();
    mkdirSync(store.root);
    giveToNobody(store.root);
    expect(asNobody(store, 'life')).toEqual([{ value: '1' }]);
    expect(readdirSync(store.root)).toEqual([]);
  });

  test('the batch of another user, which cannot be looked into, keeps nobody from beginning, and lives on', async () => {
    const store = reachable();
    mkdirSync(store.root);
    giveToNobody(store.root);
    const batch = await (await store.open()).begin({ root: 'snap' });
    await batch.put('snap/file', text('1'));
    chmodSync(store.at('.holdfast'), 0o777);
    chmodSync(store.at('.holdfast/staging'), 0o777);
    expect(asNobody(store, 'life')).toEqual([{ value: '1' }]);
    await batch.commit();
  });
});
