import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isHoldfastError, restore } from '../src/index.js';
import { type Fault, faultPlan, faultyTarget, type MemoryStore, memoryTarget } from '../src/testing/index.js';
import { craft, file, folder, symlink } from './crafted.js';
import { DATA, GOOD, named, place, restoreCrafted } from './crafted-restore.js';
import { plant, treeOf } from './workspace.js';

/** Restores as a user without rights (this process may be root), and gives what came of it. */
function restoreWithoutRights(store: MemoryStore, into: string, options: object = {}): unknown {
  const objects = [...store.objects].map(([key, { bytes }]) => [key, Buffer.from(bytes).toString('base64')]);
  const script = join(import.meta.dirname, 'restore-without-rights.mjs');
  const child = spawnSync(process.execPath, [script, into, JSON.stringify(options)], {
    input: JSON.stringify(objects),
    encoding: 'utf8',
  });
  expect(child.stderr).toBe('');
  return JSON.parse(child.stdout);
}

describe('files and folders that their own mode closes', () => {
  const store = craft([
    DATA,
    folder('data/a', { mode: '0500' }),
    file('data/a/x', 'x', { mode: '0400' }),
    folder('data/b', { mode: '0000' }),
    folder('data/b/c', { mode: '0300' }),
    symlink('data/b/link', 'y'),
    file('data/b/y', 'y', { mode: '0000' }),
  ]);
  const ALL = { problems: [], directories: 4, symlinks: 1 };
  const modesIn = (into: string): string[] =>
    ['a', 'a/x', 'b', 'b/y'].map((path) => (lstatSync(join(into, 'data', path)).mode & 0o777).toString(8));

  function openPlace(): string {
    const where = place();
    chmodSync(where.outside, 0o755);
    chmodSync(where.into, 0o777);
    return where.into;
  }

  it('are filled and made durable before they are closed, also for a user who then cannot enter them', () => {
    const into = openPlace();
    expect(restoreWithoutRights(store, into)).toEqual({ ...ALL, restoredFiles: 2, keptFiles: 0 });
    expect(modesIn(into)).toEqual(['500', '400', '0', '0']);
  });

  it('are compared and kept when that user restores again', () => {
    const into = openPlace();
    restoreWithoutRights(store, into);
    const { ino } = lstatSync(join(into, 'data/b/y'));
    expect(restoreWithoutRights(store, into)).toEqual({ ...ALL, restoredFiles: 0, keptFiles: 2 });
    expect([lstatSync(join(into, 'data/b/y')).ino, modesIn(into)]).toEqual([ino, ['500', '400', '0', '0']]);
  });

  it('are replaced when that user restores over other bytes, and only then', () => {
    const into = openPlace();
    restoreWithoutRights(store, into);
    const before = lstatSync(join(into, 'data/b/y'));
    writeFileSync(join(into, 'data/b/y'), 'z');
    expect(restoreWithoutRights(store, into)).toMatchObject({ problems: [{ code: 'EXISTS', path: 'data/b/y' }] });
    expect(restoreWithoutRights(store, into, { overwrite: true })).toEqual({ ...ALL, restoredFiles: 1, keptFiles: 1 });
    const after = lstatSync(join(into, 'data/b/y'));
    expect([readFileSync(join(into, 'data/b/y'), 'utf8'), after.mode, after.uid]).toEqual([
      'y',
      before.mode,
      before.uid,
    ]);
  });

  it('of another user are not opened, and named', { skip: process.getuid?.() !== 0 }, () => {
    const into = openPlace();
    restoreWithoutRights(store, into);
    chownSync(join(into, 'data/b/y'), 0, 0);
    expect(restoreWithoutRights(store, into, { overwrite: true })).toMatchObject({
      problems: [{ code: 'UNWRITABLE', path: 'data/b/y', message: 'not restored: permission denied' }],
    });
    expect(modesIn(into)).toEqual(['500', '400', '0', '0']);
  });
});

describe('what stands in the destination', () => {
  it('a symlink where a folder should be is not followed, and is named', async () => {
    const where = place();
    symlinkSync('../folder', join(where.into, 'data'));
    const summary = await restoreCrafted([DATA, GOOD], { where });
    expect(named(summary)).toEqual(['EXISTS data', 'UNWRITABLE data/good.txt']);
  });

  it('a symlink where our staging should be is not followed: the restore is refused', async () => {
    const where = place();
    symlinkSync('../folder', join(where.into, '.holdfast-restore'));
    const before = treeOf(where.outside);
    const changedAt = lstatSync(join(where.outside, 'folder')).ctimeMs;
    const target = memoryTarget({ store: craft([DATA, GOOD]) });
    const error: unknown = await restore({ target, into: where.into }).catch((reason: unknown) => reason);
    expect(isHoldfastError(error, 'DESTINATION')).toBe(true);
    expect(treeOf(where.outside)).toEqual(before);
    // Not even for a moment.
    expect(lstatSync(join(where.outside, 'folder')).ctimeMs).toBe(changedAt);
  });

  it('a file that is put there while its content is fetched stays, and is named', async () => {
    const where = place();
    const meanwhile: Fault = {
      async *items(_call, items) {
        yield* items;
        writeFileSync(join(where.into, 'data/good.txt'), 'mine');
      },
    };
    const plan = faultPlan().on('get', meanwhile, { key: /good\.txt$/ });
    const target = faultyTarget(memoryTarget({ store: craft([DATA, GOOD, file('data/x', 'x')]) }), plan);
    const summary = await restore({ target, into: where.into });
    expect(named(summary)).toEqual(['EXISTS data/good.txt']);
    expect(readFileSync(join(where.into, 'data/good.txt'), 'utf8')).toBe('mine');
    expect(Object.keys(treeOf(where.into))).toEqual(['data', 'data/good.txt', 'data/x']);
  });

  it.each<[string, (path: string) => void]>([
    ['another file', (path) => writeFileSync(path, 'mine')],
    ['a file of the same size', (path) => writeFileSync(path, 'mine')],
    ['a symlink to a file', (path) => symlinkSync('../../precious.txt', path)],
    ['a dangling symlink', (path) => symlinkSync('nowhere', path)],
    ['a pipe', (path) => void spawnSync('mkfifo', [path])],
    ['a folder', (path) => mkdirSync(path)],
    ['a hard link to a file outside', (path) => linkSync(join(path, '../../../precious.txt'), path)],
  ])("%s of a file's name stays, and is named", async (_, stand) => {
    const where = place();
    mkdirSync(join(where.into, 'data'));
    stand(join(where.into, 'data/good.txt'));
    const before = lstatSync(join(where.into, 'data/good.txt')).ino;
    const summary = await restoreCrafted([DATA, GOOD, file('data/other.txt', 'other')], { where });
    expect(named(summary)).toEqual(['EXISTS data/good.txt']);
    expect(lstatSync(join(where.into, 'data/good.txt')).ino).toBe(before);
    expect(readFileSync(join(where.into, 'data/other.txt'), 'utf8')).toBe('other');
  });

  it.each<[string, (path: string) => void]>([
    ['another file', (path) => writeFileSync(path, 'mine')],
    ['a symlink', (path) => symlinkSync('../../precious.txt', path)],
    ['a pipe', (path) => void spawnSync('mkfifo', [path])],
    ['a hard link to a file outside', (path) => linkSync(join(path, '../../../precious.txt'), path)],
  ])('%s is replaced where that is asked for, and what it pointed to is not touched', async (_, stand) => {
    const where = place();
    mkdirSync(join(where.into, 'data'));
    stand(join(where.into, 'data/good.txt'));
    const summary = await restoreCrafted([DATA, GOOD], { where, overwrite: true });
    expect(named(summary)).toEqual([]);
    expect(lstatSync(join(where.into, 'data/good.txt')).isFile()).toBe(true);
    expect(readFileSync(join(where.into, 'data/good.txt'), 'utf8')).toBe('good');
    expect(readFileSync(join(where.outside, 'precious.txt'), 'utf8')).toBe('precious');
  });

  it('a folder is never replaced by a file or a link, also where replacing is asked for', async () => {
    const where = place();
    plant(where.into, { 'data/good.txt/inside': 'mine', 'data/link/inside': 'mine' });
    const summary = await restoreCrafted([DATA, GOOD, symlink('data/link', 'x')], { where, overwrite: true });
    expect(named(summary).sort()).toEqual(['EXISTS data/good.txt', 'EXISTS data/link']);
    expect(readFileSync(join(where.into, 'data/good.txt/inside'), 'utf8')).toBe('mine');
  });

  it('an equal file is kept, and gets mode and time', async () => {
    const where = place();
    plant(where.into, { 'data/good.txt': 'good' });
    const inode = statSync(join(where.into, 'data/good.txt')).ino;
    const summary = await restoreCrafted([DATA, file('data/good.txt', 'good', { mode: '0600' })], { where });
    expect(summary).toMatchObject({ keptFiles: 1, restoredFiles: 0, problemCount: 0 });
    const stats = statSync(join(where.into, 'data/good.txt'));
    expect([stats.ino, stats.mode & 0o777, stats.mtimeMs]).toEqual([inode, 0o600, 1_700_000_000_000]);
  });

  it('hard links are links again when the restore that was interrupted is run again', async () => {
    const where = place();
    const group = [DATA, file('data/a', 'same', { hardLink: 1 }), file('data/b', 'same', { hardLink: 1 })];
    plant(where.into, { 'data/a': 'same' });
    expect(await restoreCrafted(group, { where })).toMatchObject({ keptFiles: 1, restoredFiles: 1, problemCount: 0 });
    expect(statSync(join(where.into, 'data/a')).ino).toBe(statSync(join(where.into, 'data/b')).ino);
  });

  it('names of one group that do not hold the same bytes are two files', async () => {
    const summary = await restoreCrafted([
      DATA,
      file('data/a', 'one', { hardLink: 1 }),
      file('data/b', 'two', { hardLink: 1 }),
      file('data/c', 'one', { hardLink: 1 }),
    ]);
    expect(summary.problems).toEqual([]);
    const text = (name: string): string => readFileSync(join(summary.into, 'data', name), 'utf8');
    expect([text('a'), text('b'), text('c')]).toEqual(['one', 'two', 'one']);
    expect(statSync(join(summary.into, 'data/a')).ino).toBe(statSync(join(summary.into, 'data/c')).ino);
  });

  it('a hard-linked file is replaced in all its names, where that is asked for', async () => {
    const where = place();
    const group = [DATA, file('data/a', 'same', { hardLink: 1 }), file('data/b', 'same', { hardLink: 1 })];
    plant(where.into, { 'data/a': 'mine', 'data/b': 'mine too' });
    expect((await restoreCrafted(group, { where, overwrite: true })).problems).toEqual([]);
    expect(readFileSync(join(where.into, 'data/b'), 'utf8')).toBe('same');
    expect(statSync(join(where.into, 'data/a')).ino).toBe(statSync(join(where.into, 'data/b')).ino);
  });

  it('a destination that is no folder, lies in a file, or in the target itself is refused', async () => {
    const where = place();
    const store = craft([DATA, GOOD]);
    const into = async (path: string, localPaths: string[] = []): Promise<unknown> =>
      restore({ target: memoryTarget({ store, localPaths }), into: path }).catch((reason: unknown) => reason);
    for (const error of [
      await into(join(where.outside, 'precious.txt')),
      await into(join(where.outside, 'precious.txt/below')),
      await into(join(where.into, 'backups/inner'), [join(where.into, 'backups')]),
    ]) {
      expect(isHoldfastError(error, 'DESTINATION')).toBe(true);
    }
  });
});
