import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type BackupTarget,
  clearUndo,
  interruptedRestores,
  isHoldfastError,
  listSnapshots,
  newestRestore,
  restore,
  restoreNamed,
  undoableRestores,
  undoRestore,
} from '../src/index.js';
import { Lab } from './lab.js';
import { copyOf, expectJustTheSame, undo } from './undo-lab.js';
import { all, plant, scratch, treeOf } from './workspace.js';

const codeOf = (error: unknown): string => (isHoldfastError(error) ? error.code : String(error));

/** A lab with a backup, whose files are others by now. */
async function changedLab(files: Readonly<Record<string, string>> = { 'a.txt': 'old' }): Promise<Lab> {
  const lab = new Lab(files);
  await lab.backup();
  for (const name of Object.keys(files)) writeFileSync(lab.path(name), `new ${name}`);
  return lab;
}

/** The files that are kept in a state folder. */
function keptIn(state: string): string[] {
  const folder = join(state, 'undo');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^[^/]+\/\d+\/./.test(name))
    .map((name) => join(folder, name));
}

describe('the undo of a restore in place', () => {
  it('gives the top of the source its time back also where folders are made again in it', async () => {
    const lab = await changedLab();
    plant(lab.source, { empty: null });
    utimesSync(lab.source, 1_700_000_000, 1_700_000_000);
    await lab.restoreInPlace({ delete: true });
    await undo(lab.state);
    expect(existsSync(lab.path('empty'))).toBe(true);
    expect(statSync(lab.source).mtimeMs).toBe(1_700_000_000_000);
  });

  it('brings all of it back in one go where the whole source has gone since', async () => {
    const lab = await changedLab();
    plant(lab.source, { 'new/b.txt': 'b' });
    utimesSync(lab.source, 1_700_000_000, 1_700_000_000);
    const before = copyOf(lab.source);
    await lab.restoreInPlace({ delete: true });
    rmSync(lab.source, { recursive: true });
    const undone = await undo(lab.state);
    expect([undone.isWhole, undone.problems]).toEqual([true, []]);
    expectJustTheSame(lab.source, before);
  });

  it('changes nothing where the list of what was replaced is cut short or damaged, and says so', async () => {
    for (const spoil of [(text: string) => text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1), () => '[0,"']) {
      const lab = await changedLab({ 'a.txt': 'old', 'b.txt': 'old' });
      await lab.restoreInPlace();
      const restored = treeOf(lab.source);
      const [id = ''] = readdirSync(join(lab.state, 'undo'));
      const list = join(lab.state, 'undo', id, 'items-1.jsonl');
      writeFileSync(list, spoil(readFileSync(list, 'utf8')));
      await expect(undo(lab.state).catch(codeOf)).resolves.toBe('STATE');
      expect(treeOf(lab.source)).toEqual(restored);
    }
  });

  it('brings back files, folders, links, kinds, modes and times, and takes away what was made; again is redo', async () => {
    const lab = new Lab({ 'same.txt': 'same', 'edited.txt': 'before', 'gone/away.txt': 'gone', 'sub/deep/x': 'x' });
    plant(lab.source, { l: '-> same.txt', same: '-> same.txt', 'f/g': 'in a folder', d: 'a file' });
    await lab.backup();
    writeFileSync(lab.path('edited.txt'), 'after');
    for (const name of ['gone', 'l', 'f', 'd']) rmSync(lab.path(name), { recursive: true });
    chmodSync(lab.path('sub/deep/x'), 0o600);
    symlinkSync('elsewhere', lab.path('l'));
    plant(lab.source, { 'new/er/n': 'new', f: 'a file now', 'd/e/y': 'in a folder now' });
    utimesSync(lab.path('new'), 1, 1);
    lutimesSync(lab.path('same'), 1, 1);
    const old = copyOf(lab.source);
    const { undoId, problems } = await lab.restoreInPlace({ delete: true });
    expect([problems, undoId]).toEqual([[], newestRestore(lab.state)?.id]);
    const restored = copyOf(lab.source);
    for (const [expected, kind] of [
      [old, 'undo'],
      [restored, 'redo'],
      [old, 'undo'],
    ] as const) {
      expect(await undo(lab.state)).toMatchObject({ problems: [], changedSince: 0, dryRun: false });
      expectJustTheSame(lab.source, expected);
      expect(undoableRestores(lab.state)).toMatchObject([{ kind, isInterrupted: false, goesOn: false }]);
    }
  });

  it('makes a source that was gone go again, with the folders that were made on the way', async () => {
    const above = scratch();
    const path = join(above, 'x/y/data');
    plant(path, { 'a/b': 'b' });
    const lab = new Lab();
    await lab.backup({ sources: [{ path, name: 'data' }] });
    rmSync(join(above, 'x'), { recursive: true });
    await lab.restoreInPlace();
    expect(readFileSync(join(path, 'a/b'), 'utf8')).toBe('b');
    expect(await undo(lab.state)).toMatchObject({ problems: [] });
    expect(readdirSync(above)).toEqual([]);
    await undo(lab.state);
    expect(readFileSync(join(path, 'a/b'), 'utf8')).toBe('b');
  });

  it('of a lone file brings that back, and leaves its folder alone', async () => {
    const folder = scratch();
    plant(folder, { 'book.xlsx': 'old', beside: 'beside' });
    const lab = new Lab();
    await lab.backup({ sources: [{ path: join(folder, 'book.xlsx'), name: 'book.xlsx' }] });
    writeFileSync(join(folder, 'book.xlsx'), 'new');
    const old = copyOf(folder);
    await lab.restoreInPlace();
    expect(readFileSync(join(folder, 'book.xlsx'), 'utf8')).toBe('old');
    await undo(lab.state);
    expectJustTheSame(folder, old);
  });

  it('keeps what was changed since, and the undo of that brings it back', async () => {
    const lab = await changedLab({ 'a.txt': 'old', 'b.txt': 'b' });
    await lab.restoreInPlace();
    writeFileSync(lab.path('a.txt'), 'changed since');
    rmSync(lab.path('b.txt'));
    const seen: unknown[] = [];
    const planned = newestRestore(lab.state);
    if (planned === undefined) throw new Error('nothing to undo');
    const summary = await undoRestore({
      stateDirectory: lab.state,
      planned,
      confirm: async (question) => void seen.push(question),
    });
    expect(seen).toMatchObject([{ changedSince: 2, firstChanged: [lab.path('a.txt'), lab.path('b.txt')] }]);
    expect(summary).toMatchObject({ changedSince: 2, problems: [] });
    expect(readFileSync(lab.path('a.txt'), 'utf8')).toBe('new a.txt');
    await undo(lab.state);
    expect(readFileSync(lab.path('a.txt'), 'utf8')).toBe('changed since');
    expect(existsSync(lab.path('b.txt'))).toBe(false);
  });

  it('leaves what somebody has put into a folder that the restore made, and says so', async () => {
    const lab = new Lab({ 'sub/a': 'a' });
    await lab.backup();
    rmSync(lab.path('sub'), { recursive: true });
    await lab.restoreInPlace();
    writeFileSync(lab.path('sub/mine'), 'mine');
    const { problems } = await undo(lab.state);
    expect(problems).toMatchObject([{ code: 'EXISTS', path: lab.path('sub') }]);
    expect(treeOf(lab.path('sub'))).toEqual({ mine: expect.stringContaining('file') });
  });

  it('changes nothing in a dry run, nor after a no', async () => {
    const lab = await changedLab();
    await lab.restoreInPlace();
    const restored = copyOf(lab.source);
    const told: string[] = [];
    const dry = await undo(lab.state, {
      dryRun: true,
      onEvent: (event) => event.type === 'file' && told.push(`${event.action} ${event.path}`),
    });
    expect([dry.replaced, told]).toEqual([1, [`replaced ${lab.path('a.txt')}`]]);
    const refused = undo(lab.state, { confirm: () => Promise.reject(new Error('no')) });
    await expect(refused).rejects.toThrow('no');
    expectJustTheSame(lab.source, restored);
    expect(newestRestore(lab.state)?.kind).toBe('restore');
  });

  it('ends the announcement of a restore that was interrupted', async () => {
    const lab = await changedLab({ 'a.txt': 'old', 'b.txt': 'b' });
    const old = copyOf(lab.source);
    const controller = new AbortController();
    const stopped = lab.restoreInPlace({
      signal: controller.signal,
      onEvent: (event) => event.type === 'file' && controller.abort(),
    });
    expect(codeOf(await stopped.catch((error: unknown) => error))).toBe('ABORTED');
    expect(interruptedRestores(lab.state)).toHaveLength(1);
    expect(newestRestore(lab.state)).toMatchObject({ isInterrupted: true });
    await undo(lab.state);
    expect(interruptedRestores(lab.state)).toEqual([]);
    expectJustTheSame(lab.source, old);
  });
});

it('a restore that was interrupted and run again is one: undo brings back what was before both, but for what was changed in between', async () => {
  const lab = await changedLab({ 'a.txt': 'old', 'b.txt': 'old b', 'c.txt': 'old c' });
  const controller = new AbortController();
  let files = 0;
  const stopped = lab.restoreInPlace({
    signal: controller.signal,
    onEvent: (event) => {
      if (event.type === 'file') files += 1;
      if (files === 2) controller.abort();
    },
  });
  expect(codeOf(await stopped.catch((error: unknown) => error))).toBe('ABORTED');
  writeFileSync(lab.path('a.txt'), 'mine, of between');
  expect(await lab.restoreInPlace()).toMatchObject({ problems: [] });
  expect(undoableRestores(lab.state)).toMatchObject([{ kind: 'restore', isInterrupted: false }]);
  const { problems } = await undo(lab.state);
  expect(problems).toMatchObject([{ code: 'EXISTS', path: lab.path('a.txt') }]);
  const read = (name: string): string => readFileSync(lab.path(name), 'utf8');
  expect([read('a.txt'), read('b.txt'), read('c.txt')]).toEqual(['mine, of between', 'new b.txt', 'new c.txt']);
});

describe('what is kept', () => {
  it('costs no copy: it is the very file that was replaced or deleted', async () => {
    const lab = await changedLab();
    writeFileSync(lab.path('extra'), 'extra');
    const inodes = [statSync(lab.path('a.txt')).ino, statSync(lab.path('extra')).ino].sort();
    await lab.restoreInPlace({ delete: true });
    const kept = keptIn(lab.state);
    expect(kept.map((path) => statSync(path).ino).sort()).toEqual(inodes);
    expect(kept.map((path) => statSync(path).nlink)).toEqual([1, 1]);
    await undo(lab.state);
    expect([statSync(lab.path('a.txt')).ino, statSync(lab.path('extra')).ino].sort()).toEqual(inodes);
  });

  it('is nothing where nothing is replaced: into a new folder, in a dry run, of what is as it was, and where it is not wanted', async () => {
    const lab = await changedLab();
    const stateDirectory = lab.state;
    const into = join(scratch(), 'new');
    expect(await restore({ target: lab.target, stateDirectory, into })).not.toHaveProperty('undoId');
    plant(into, { 'other/beside': 'beside' });
    expect(await restore({ target: lab.target, stateDirectory, into })).not.toHaveProperty('undoId');
    expect(await lab.restoreInPlace({ dryRun: true })).not.toHaveProperty('undoId');
    expect(await lab.restoreInPlace({ undo: false })).not.toHaveProperty('undoId');
    expect(await lab.restoreInPlace()).not.toHaveProperty('undoId');
    expect(undoableRestores(stateDirectory)).toEqual([]);
    expect(readdirSync(join(stateDirectory, 'undo'))).toEqual([]);
  });

  it('is kept of a restore into a folder, too, as soon as that replaces something, with what it makes', async () => {
    const lab = await changedLab({ 'a.txt': 'old', b: 'b' });
    const into = scratch();
    plant(into, { 'data/a.txt': 'there before' });
    const old = copyOf(into);
    const stateDirectory = lab.state;
    const summary = await restore({ target: lab.target, stateDirectory, into, overwrite: true });
    expect(summary).toMatchObject({ replacedFiles: 1, undoId: newestRestore(stateDirectory)?.id });
    await undo(stateDirectory);
    expectJustTheSame(into, old);
  });

  it('is a copy of a file that has another name outside, and undo makes them one file again', async () => {
    const lab = await changedLab();
    const outside = join(scratch(), 'outside');
    linkSync(lab.path('a.txt'), outside);
    await lab.restoreInPlace();
    expect(keptIn(lab.state).filter((path) => path.endsWith('.copy'))).toHaveLength(1);
    await undo(lab.state);
    expect(statSync(lab.path('a.txt')).ino).toBe(statSync(outside).ino);
    await undo(lab.state);
    appendFileSync(outside, ' and more');
    await undo(lab.state);
    expect(readFileSync(lab.path('a.txt'), 'utf8')).toBe('new a.txt');
  });

  it.runIf(process.platform === 'linux')(
    'is a copy of a file that a program writes to: what it writes later is not brought back',
    async () => {
      const lab = await changedLab();
      const writer = spawn('sh', ['-c', 'exec 3>>"$1"; echo; read x; printf later >&3; echo', 'sh', lab.path('a.txt')]);
      try {
        await once(writer.stdout, 'data');
        await lab.restoreInPlace();
        writer.stdin.write('\n');
        await once(writer.stdout, 'data');
      } finally {
        writer.kill();
      }
      await undo(lab.state);
      expect(readFileSync(lab.path('a.txt'), 'utf8')).toBe('new a.txt');
    },
  );

  it('is no snapshot, and does not make a file that it has one of several names', async () => {
    const lab = await changedLab({ 'a.txt': 'old', 'b.txt': 'b' });
    const damaged = { ...lab.store };
    const key = [...damaged.objects.keys()].find((name) => name.endsWith('data/b.txt')) ?? '';
    const object = damaged.objects.get(key);
    lab.store.objects.delete(key);
    expect((await lab.restoreInPlace()).problems).toMatchObject([{ code: 'MISSING' }]);
    expect(statSync(lab.path('b.txt')).nlink).toBe(2);
    if (object !== undefined) lab.store.objects.set(key, object);
    const again = await lab.restoreInPlace();
    expect(again).toMatchObject({ problems: [], notes: [] });
    expect(keptIn(lab.state).filter((path) => path.endsWith('.copy'))).toEqual([]);
    expect(await all(listSnapshots({ target: lab.target }))).toHaveLength(1);
  });

  it('is not what came there since: that stays, and is named', async () => {
    const lab = await changedLab({ 'a.txt': 'old', 'b.txt': 'b' });
    let isChanged = false;
    const target = Object.create(lab.target, {
      get: {
        value: (...words: Parameters<BackupTarget['get']>) => {
          if (words[0].endsWith('a.txt') && !isChanged) {
            isChanged = true;
            for (const name of ['a.txt', 'b.txt']) {
              writeFileSync(lab.path('beside'), `just saved ${name}`);
              renameSync(lab.path('beside'), lab.path(name));
            }
          }
          return lab.target.get(...words);
        },
      },
    }) as BackupTarget;
    const { problems } = await restore({ target, stateDirectory: lab.state });
    expect(problems.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
      'EXISTS data/a.txt',
      'EXISTS data/b.txt',
    ]);
    expect(readFileSync(lab.path('a.txt'), 'utf8')).toBe('just saved a.txt');
  });

  it('is kept for 30 days, of the last ten, and can be named', async () => {
    const lab = await changedLab();
    const day = (days: number) => ({ now: () => new Date(Date.parse('2026-11-26T12:00:00Z') + days * 86_400_000) });
    const stateDirectory = lab.state;
    const ids: string[] = [];
    for (let days = 0; days < 12; days += 1) {
      writeFileSync(lab.path('a.txt'), `of day ${days}`);
      const { undoId = '' } = await lab.restoreInPlace({ clock: day(days) });
      ids.push(undoId);
    }
    expect(undoableRestores(stateDirectory).map(({ id }) => id)).toEqual(ids.slice(2));
    expect(restoreNamed(stateDirectory, ids[3]?.slice(0, 12) ?? '')?.id).toBe(ids[3]);
    expect(codeOf(await (async () => restoreNamed(stateDirectory, '2026'))().catch((error: unknown) => error))).toBe(
      'SNAPSHOT_AMBIGUOUS',
    );
    const cleared = await clearUndo({ stateDirectory, clock: day(33), dryRun: true });
    expect(cleared.map(({ id }) => id)).toEqual(ids.slice(2, 3));
    expect(undoableRestores(stateDirectory)).toHaveLength(10);
    await clearUndo({ stateDirectory, clock: day(34) });
    expect(undoableRestores(stateDirectory).map(({ id }) => id)).toEqual(ids.slice(4));
    await clearUndo({ stateDirectory, clock: day(100) });
    expect(readdirSync(join(stateDirectory, 'undo'))).toEqual([]);
  });
});

it('an undo of what is not the newest puts back what was there then', async () => {
  const lab = await changedLab();
  await lab.restoreInPlace();
  const first = newestRestore(lab.state);
  writeFileSync(lab.path('a.txt'), 'newer');
  await lab.restoreInPlace();
  if (first === undefined) throw new Error('nothing to undo');
  await undo(lab.state, { planned: first });
  expect(readFileSync(lab.path('a.txt'), 'utf8')).toBe('new a.txt');
  await expect(undo(lab.state, { planned: first })).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' });
  expect(undoableRestores(lab.state).map(({ kind }) => kind)).toEqual(['restore', 'undo']);
  mkdirSync(lab.path('x'));
});
