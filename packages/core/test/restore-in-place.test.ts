import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type HoldfastEvent, isHoldfastError, type RestoreOptions, restore } from '../src/index.js';
import { memoryTarget } from '../src/testing/index.js';
import { CRAFTED_ID, craft, file, folder } from './crafted.js';
import { DATA, named } from './crafted-restore.js';
import { Lab } from './lab.js';
import { expectSameTree, plant, scratch, treeOf } from './workspace.js';

/** A copy of a tree as it is now, to compare with later. */
function copyOf(path: string): string {
  const copy = join(scratch(), 'copy');
  execFileSync('cp', ['-a', path, copy]);
  return copy;
}

/** What a restore tells of files, folders and links. */
async function told(run: (onEvent: RestoreOptions['onEvent']) => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  await run((event: HoldfastEvent) => {
    if (event.type === 'file' || event.type === 'item') lines.push(`${event.action} ${event.path}`);
    if (event.type === 'problem') lines.push(`${event.problem.code} ${event.problem.path}`);
  });
  return lines;
}

const codeOf = (error: unknown): string => (isHoldfastError(error) ? error.code : String(error));

describe('a restore in place', () => {
  it('gives back what was changed and removed, and touches nothing that is as it was', async () => {
    const lab = new Lab({
      'same.txt': 'same',
      'edited.txt': 'before',
      'gone/away.txt': 'gone',
      'sub/deep/x': 'x',
      l: '-> same.txt',
    });
    const before = copyOf(lab.source);
    await lab.backup();
    const untouched = statSync(lab.path('same.txt'), { bigint: true });
    writeFileSync(lab.path('edited.txt'), 'after');
    rmSync(lab.path('gone'), { recursive: true });
    chmodSync(lab.path('sub/deep/x'), 0o600);
    rmSync(lab.path('l'));
    symlinkSync('elsewhere', lab.path('l'));

    const summary = await lab.restoreInPlace();
    expect(summary.problems).toEqual([]);
    expectSameTree(lab.source, before);
    expect(summary).toMatchObject({ restoredFiles: 2, replacedFiles: 1, keptFiles: 2 });
    expect(await lab.restoreInPlace()).toMatchObject({ restoredFiles: 0, keptFiles: 4, adjusted: 0 });
    const after = statSync(lab.path('same.txt'), { bigint: true });
    expect([after.ino, after.ctimeNs]).toEqual([untouched.ino, untouched.ctimeNs]);
    expect(existsSync(lab.path('.holdfast-restore'))).toBe(false);
  });

  it('sees an edit that kept size and time', async () => {
    const lab = new Lab({ 'a.txt': 'before' });
    await lab.backup();
    const { atime, mtime } = statSync(lab.path('a.txt'));
    writeFileSync(lab.path('a.txt'), 'after!');
    utimesSync(lab.path('a.txt'), atime, mtime);
    await lab.restoreInPlace();
    expect(readFileSync(lab.path('a.txt'), 'utf8')).toBe('before');
  });

  it('leaves the state so that the next backup sees what is there now', async () => {
    const lab = new Lab({ 'a.txt': 'one', 'b.txt': 'same' });
    const first = await lab.backup();
    writeFileSync(lab.path('a.txt'), 'two');
    await lab.backup();
    await lab.restoreInPlace({ which: first.snapshotId });
    await lab.backup();
    const { into } = await lab.restore();
    expect(readFileSync(join(into, 'data/a.txt'), 'utf8')).toBe('one');
  });

  it('makes a source folder that is gone, with its parents, and a time of its own', async () => {
    const lab = new Lab();
    const source = join(lab.source, 'deep/er/data');
    plant(source, { 'a.txt': 'a', 'sub/b.txt': 'b' });
    utimesSync(source, 1_700_000_000, 1_700_000_000);
    const before = copyOf(source);
    await lab.backup({ sources: [{ path: source }] });
    rmSync(join(lab.source, 'deep'), { recursive: true });
    await lab.restoreInPlace();
    expectSameTree(source, before);
    expect(statSync(source).mtimeMs).toBe(1_700_000_000_000);
  });

  it('gives lone files back to their own paths, also one that is a symlink', async () => {
    const lab = new Lab({ 'real/book.xlsx': 'workbook', 'notes.txt': 'notes', current: '-> real/book.xlsx' });
    const sources = [
      { path: lab.path('real/book.xlsx'), name: 'excel' },
      { path: lab.path('notes.txt') },
      { path: lab.path('current') },
    ];
    await lab.backup({ sources });
    const before = treeOf(lab.source);
    writeFileSync(lab.path('real/book.xlsx'), 'spoilt');
    rmSync(lab.path('notes.txt'));
    const summary = await lab.restoreInPlace();
    expect(named(summary)).toEqual([]);
    expect(treeOf(lab.source)).toEqual(before);
    expect(lstatSync(lab.path('current')).isSymbolicLink()).toBe(true);
  });

  it.each([
    ['a lone file is a link now', 'cfg', 'cfg'],
    ['a folder is a link now', 'src', 'src'],
    ['a folder above is a link now', 'above', 'above/src'],
  ])('is refused where the path leads elsewhere now: %s', async (_, replaced, source) => {
    const lab = new Lab({
      cfg: 'v1',
      'src/a': 'a',
      'above/src/a': 'a',
      'other/src/p': 'precious',
      'other/p': 'precious',
    });
    await lab.backup({ sources: [{ path: lab.path(source) }] });
    rmSync(lab.path(replaced), { recursive: true });
    symlinkSync(replaced === 'cfg' ? 'other/p' : 'other', lab.path(replaced));
    const before = treeOf(lab.source);
    const error = await lab.restoreInPlace({ delete: true, overwrite: true }).catch((thrown: unknown) => thrown);
    expect(codeOf(error)).toBe('NOT_FROM_HERE');
    const now = realpathSync.native(lab.path(source));
    const then = join(realpathSync.native(lab.source), source);
    expect(String(error)).toContain(`${lab.path(source)} leads to ${now} now, and its files were taken from ${then}`);
    expect(treeOf(lab.source)).toEqual(before);
  });

  it('goes where a link leads that led there when the snapshot was taken, and not where it leads since', async () => {
    const lab = new Lab({ 'p1/src/a': 'one', 'p2/src/a': 'two', p: '-> p1' });
    const sources = [{ path: lab.path('p/src') }];
    const first = await lab.backup({ sources });
    writeFileSync(lab.path('p1/src/a'), 'spoilt');
    expect(named(await lab.restoreInPlace({ delete: true }))).toEqual([]);
    expect(readFileSync(lab.path('p1/src/a'), 'utf8')).toBe('one');
    rmSync(lab.path('p'));
    symlinkSync('p2', lab.path('p'));
    await lab.backup({ sources });
    const refused = await lab.restoreInPlace({ which: first.snapshotId, delete: true }).catch(codeOf);
    expect(refused).toBe('NOT_FROM_HERE');
    expect(readFileSync(lab.path('p2/src/a'), 'utf8')).toBe('two');
  });

  it('restores by pattern, and leaves the rest as it is', async () => {
    const lab = new Lab({ 'npy/a.npy': 'a', 'npy/b.npy': 'b', 'x.txt': 'x' });
    await lab.backup();
    for (const name of ['npy/a.npy', 'npy/b.npy', 'x.txt']) writeFileSync(lab.path(name), 'changed');
    const summary = await lab.restoreInPlace({ patterns: ['a.npy'] });
    expect(summary).toMatchObject({ restoredFiles: 1, replacedFiles: 1 });
    expect(['npy/a.npy', 'npy/b.npy', 'x.txt'].map((name) => readFileSync(lab.path(name), 'utf8'))).toEqual([
      'a',
      'changed',
      'changed',
    ]);
  });

  it('links names again that were one file, and parts names that were not', async () => {
    const lab = new Lab({ one: 'linked', x: 'equal', y: 'equal' });
    linkSync(lab.path('one'), lab.path('two'));
    chmodSync(lab.path('y'), 0o600);
    const before = copyOf(lab.source);
    await lab.backup();
    rmSync(lab.path('two'));
    plant(lab.source, { two: 'linked' });
    rmSync(lab.path('y'));
    linkSync(lab.path('x'), lab.path('y'));
    const summary = await lab.restoreInPlace();
    expect(named(summary)).toEqual([]);
    expectSameTree(lab.source, before);
    const inode = (name: string): number => statSync(lab.path(name)).ino;
    expect(inode('one')).toBe(inode('two'));
    expect(inode('x')).not.toBe(inode('y'));
  });

  it('writes through no link: a name outside keeps what it has, and that is said', async () => {
    const lab = new Lab({ 'data/a.txt': 'before', 'data/one': '1' });
    linkSync(lab.path('data/one'), lab.path('data/two'));
    await lab.backup({ sources: [{ path: lab.path('data') }] });
    writeFileSync(lab.path('data/a.txt'), 'after');
    linkSync(lab.path('data/a.txt'), lab.path('outside.txt'));
    writeFileSync(lab.path('data/one'), 'changed under both names');
    const summary = await lab.restoreInPlace();
    expect(readFileSync(lab.path('data/a.txt'), 'utf8')).toBe('before');
    expect(readFileSync(lab.path('outside.txt'), 'utf8')).toBe('after');
    expect(summary.notes.map(({ message }) => message)).toEqual([
      'data/a.txt, which was replaced, has further names that were not restored: what those hold is as it was',
    ]);
  });

  it('asks before it writes, and writes nothing without a yes', async () => {
    const lab = new Lab({ 'a.txt': 'before' });
    await lab.backup();
    writeFileSync(lab.path('a.txt'), 'after');
    const places: string[][] = [];
    const confirm: RestoreOptions['confirm'] = async (question) => {
      places.push([...question.places]);
      throw new Error('no');
    };
    const error: unknown = await lab.restoreInPlace({ confirm }).catch((reason: unknown) => reason);
    expect(codeOf(error)).toBe('Error: no');
    expect(places).toEqual([[lab.source]]);
    expect(readFileSync(lab.path('a.txt'), 'utf8')).toBe('after');
  });
});

describe('a dry run', () => {
  it('writes nothing, and tells what the run then does', async () => {
    const lab = new Lab({
      'same.txt': 'same',
      'edited.txt': 'before',
      'gone/away.txt': 'gone',
      'mode.txt': 'mode',
      l: '-> same.txt',
      one: '1',
    });
    linkSync(lab.path('one'), lab.path('two'));
    await lab.backup();
    writeFileSync(lab.path('edited.txt'), 'after');
    rmSync(lab.path('gone'), { recursive: true });
    chmodSync(lab.path('mode.txt'), 0o600);
    rmSync(lab.path('l'));
    rmSync(lab.path('two'));
    plant(lab.source, { two: '1' });
    const before = copyOf(lab.source);
    const changedAt = lstatSync(lab.source).ctimeMs;

    const planned = await told((onEvent) => lab.restoreInPlace({ dryRun: true, onEvent }));
    expectSameTree(lab.source, before);
    expect(lstatSync(lab.source).ctimeMs).toBe(changedAt);

    const done = await told((onEvent) => lab.restoreInPlace({ onEvent }));
    expect(planned.sort()).toEqual(done.sort());
    expect(done).toContain('replaced data/two');
    expect(done).toContain('restored data/gone');
    expect(done).toContain('adjusted data/mode.txt');
  });

  it('makes not even the destination', async () => {
    const lab = new Lab({ 'sub/a.txt': 'a' });
    await lab.backup();
    const into = join(scratch(), 'new');
    const summary = await lab.restore({ into, dryRun: true });
    expect(summary).toMatchObject({ restoredFiles: 1, directories: 2, failed: 0, dryRun: true });
    expect(existsSync(into)).toBe(false);
  });
});

describe('a record that is not from here', () => {
  const here = { host: hostname(), user: userInfo().username };

  it.each<[string, (lab: Lab, id: string) => Parameters<typeof craft>[1]]>([
    [
      'was recorded on another host',
      (lab, id) => ({ payload: { ...here, host: 'elsewhere', sources: source(lab.source, id) } }),
    ],
    [
      'was recorded by another user',
      (lab, id) => ({ payload: { ...here, user: 'somebody', sources: source(lab.source, id) } }),
    ],
    ['has another identity', (lab) => ({ payload: { ...here, sources: source(lab.source, 'made up') } })],
    ['names another path', (lab, id) => ({ payload: { ...here, sources: source(dirname(lab.source), id) } })],
    [
      'spells the path in another way',
      (lab, id) => ({ payload: { ...here, sources: source(`${lab.source}/../x`, id) } }),
    ],
  ])('that %s does not decide where things go', async (_, options) => {
    const lab = new Lab({ 'a.txt': 'mine' });
    const { sources } = await lab.backup();
    const store = craft([DATA, file('data/a.txt', 'theirs')], options(lab, sources[0]?.id ?? ''));
    const around = treeOf(lab.source);
    const target = memoryTarget({ store });
    const error: unknown = await restore({ target, which: CRAFTED_ID, stateDirectory: lab.state }).catch(
      (reason: unknown) => reason,
    );
    expect(codeOf(error)).toBe('NOT_FROM_HERE');
    expect(treeOf(lab.source)).toEqual(around);
  });

  const source = (path: string, id: string): { id: string; name: string; path: string; type: 'directory' }[] => [
    { id, name: 'data', path, type: 'directory' },
  ];

  it('may name entries of no source: they have no place', async () => {
    const lab = new Lab({ 'data/a.txt': 'mine' });
    const { sources } = await lab.backup({ sources: [{ path: lab.path('data') }] });
    const entries = [DATA, file('data/a.txt', 'good'), folder('other'), file('other/x', 'x'), file('stray', 'x')];
    const store = craft(entries, { payload: { ...here, sources: source(lab.path('data'), sources[0]?.id ?? '') } });
    const summary = await restore({ target: memoryTarget({ store }), stateDirectory: lab.state });
    expect(named(summary)).toEqual(['UNSAFE other', 'UNWRITABLE other/x', 'UNSAFE stray']);
    expect(Object.keys(treeOf(lab.source))).toEqual(['data', 'data/a.txt']);
  });

  it('writes not into the local state, though that lies in the source', async () => {
    const lab = new Lab({ 'a.txt': 'mine' });
    const state = lab.path('state');
    mkdirSync(state);
    const { sources } = await lab.backup({ stateDirectory: state });
    const before = copyOf(join(state, 'sources'));
    const entries = [DATA, folder('data/state'), folder('data/state/sources'), file('data/state/sources/x.json', '{}')];
    const store = craft(entries, { payload: { ...here, sources: source(lab.source, sources[0]?.id ?? '') } });
    const summary = await restore({ target: memoryTarget({ store }), stateDirectory: state });
    expect(named(summary)).toEqual([
      'UNSAFE data/state',
      'UNWRITABLE data/state/sources',
      'UNWRITABLE data/state/sources/x.json',
    ]);
    expectSameTree(join(state, 'sources'), before);
  });

  it('does not go through a symlink that was put in the place of a folder: it is replaced by the folder', async () => {
    const lab = new Lab({ 'sub/a.txt': 'a' });
    await lab.backup();
    const outside = scratch();
    renameSync(lab.path('sub'), join(outside, 'sub'));
    symlinkSync(join(outside, 'sub'), lab.path('sub'));
    writeFileSync(join(outside, 'sub/a.txt'), 'theirs');
    const summary = await lab.restoreInPlace();
    expect(readFileSync(join(outside, 'sub/a.txt'), 'utf8')).toBe('theirs');
    expect(named(summary)).toEqual([]);
    expect(lstatSync(lab.path('sub')).isDirectory()).toBe(true);
    expect(readFileSync(lab.path('sub/a.txt'), 'utf8')).toBe('a');
  });
});
