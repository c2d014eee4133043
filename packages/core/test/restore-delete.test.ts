import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileSystemOf } from '../src/files/index.js';
import {
  type BackupTarget,
  type FilterSpec,
  type HoldfastEvent,
  interruptedRestores,
  isHoldfastError,
  type RestoreOptions,
  restore,
  type SnapshotSource,
} from '../src/index.js';
import { memoryTarget } from '../src/testing/index.js';
import { CRAFTED_ID, craft, folder } from './crafted.js';
import { named } from './crafted-restore.js';
import { Lab } from './lab.js';
import { runs } from './runs.js';
import { type Planting, plant, scratch, treeOf } from './workspace.js';

const codeOf = (error: unknown): string => (isHoldfastError(error) ? error.code : String(error));

/** All that a restore has to give back: types, contents, modes, which names are one file; and times, which need not be equal to the nanosecond. */
interface ExactTree {
  readonly what: Readonly<Record<string, string>>;
  readonly mtimeNs: Readonly<Record<string, bigint>>;
}

/** What Node can set. */
const TIME_TOLERANCE_NS = 2000n;

function expectExactly(actual: ExactTree, wanted: ExactTree): void {
  expect(actual.what).toEqual(wanted.what);
  const off = Object.entries(wanted.mtimeNs).filter(([path, timeNs]) => {
    const apartNs = (actual.mtimeNs[path] ?? 0n) - timeNs;
    return apartNs > TIME_TOLERANCE_NS || apartNs < -TIME_TOLERANCE_NS;
  });
  expect(off.map(([path]) => path)).toEqual([]);
}

function exactTree(root: string): ExactTree {
  const what: Record<string, string> = {};
  const mtimeNs: Record<string, bigint> = {};
  const firstNames = new Map<bigint, string>();
  const look = (path: string): void => {
    const stats = lstatSync(join(root, path), { bigint: true });
    const mode = (stats.mode & 0o7777n).toString(8);
    if (stats.isSymbolicLink()) what[path] = `link to ${readlinkSync(join(root, path))}`;
    else mtimeNs[path] = stats.mtimeNs;
    if (stats.isDirectory()) {
      what[path] = `folder ${mode}`;
      for (const name of readdirSync(join(root, path)).sort()) look(join(path, name));
    } else if (stats.isFile()) {
      const first = firstNames.get(stats.ino) ?? path;
      firstNames.set(stats.ino, first);
      what[path] = `file ${mode} ${readFileSync(join(root, path), 'utf8')} = ${first}`;
    }
  };
  look('.');
  return { what, mtimeNs };
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

describe('a restore that deletes', () => {
  it('leaves just what the snapshot has', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'sub/b.txt': 'b', empty: null });
    const before = exactTree(lab.source);
    await lab.backup();
    plant(lab.source, {
      'new.txt': 'new',
      'sub/new.txt': 'new',
      'more/deep/x': 'x',
      'more/link': '-> /etc',
      'empty/x': 'x',
    });
    const summary = await lab.restoreInPlace({ delete: true });
    expect(named(summary)).toEqual([]);
    expectExactly(exactTree(lab.source), before);
    expect(summary).toMatchObject({ deleted: 7, deletedBytes: 8 });
  });

  it('deletes nothing where it is not asked to', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    await lab.backup();
    plant(lab.source, { 'new.txt': 'new' });
    await lab.restoreInPlace();
    expect(readFileSync(lab.path('new.txt'), 'utf8')).toBe('new');
  });

  it('deletes in the folders of the sources alone, also below a folder it was told to restore into', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    await lab.backup();
    const into = scratch();
    plant(into, { 'mine.txt': 'mine', 'other/x': 'x', 'data/extra.txt': 'extra' });
    await lab.restore({ into, delete: true, overwrite: true });
    expect(Object.keys(treeOf(into))).toEqual(['data', 'data/a.txt', 'mine.txt', 'other', 'other/x']);
  });

  it('goes through no link: neither one that has the name of a source nor one in it', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'sub/b.txt': 'b' });
    await lab.backup();
    const outside = scratch();
    plant(outside, { precious: 'precious' });
    const into = scratch();
    symlinkSync(outside, join(into, 'data'));
    await lab.restore({ into, delete: true });
    expect(readFileSync(join(outside, 'precious'), 'utf8')).toBe('precious');

    rmSync(lab.path('sub'), { recursive: true });
    symlinkSync(outside, lab.path('sub'));
    symlinkSync(outside, lab.path('extra'));
    await lab.restoreInPlace({ delete: true });
    expect(readFileSync(join(outside, 'precious'), 'utf8')).toBe('precious');
    expect(Object.keys(treeOf(lab.source))).toEqual(['a.txt', 'sub', 'sub/b.txt']);
  });

  it('with patterns only what they would choose', async () => {
    const lab = new Lab({ 'npy/a.npy': 'a', 'b.txt': 'b' });
    await lab.backup();
    plant(lab.source, { 'npy/new.npy': 'n', 'npy/notes.txt': 'n', 'new.txt': 'n', 'deep/er/c.npy': 'c' });
    await lab.restoreInPlace({ delete: true, patterns: ['*.npy'] });
    const left = Object.keys(treeOf(lab.source));
    expect(left).toEqual(['b.txt', 'deep', 'deep/er', 'new.txt', 'npy', 'npy/a.npy', 'npy/notes.txt']);
  });

  it('a folder that has the name of a file goes with all that is in it, and a file that has the name of a folder', async () => {
    const lab = new Lab({ 'a/x.txt': 'x', b: 'b', 'b.txt': 'c', c: '-> b' });
    const before = exactTree(lab.source);
    await lab.backup();
    rmSync(lab.path('a'), { recursive: true });
    rmSync(lab.path('b'));
    rmSync(lab.path('c'));
    plant(lab.source, { a: 'a file now', 'b/deep/y': 'y', 'b/z': 'z', 'c/z': 'z' });
    const summary = await lab.restoreInPlace({ delete: true });
    expect(named(summary)).toEqual([]);
    expectExactly(exactTree(lab.source), before);
  });

  it('a file that has the name of a folder, and is the last that stands there, is replaced by it', async () => {
    const lab = new Lab({ 'z/a.txt': 'a' });
    await lab.backup();
    rmSync(lab.path('z'), { recursive: true });
    plant(lab.source, { z: 'a file now' });
    expect(await lab.restoreInPlace({ delete: true })).toMatchObject({ problems: [], deleted: 0 });
    expect(readFileSync(lab.path('z/a.txt'), 'utf8')).toBe('a');
  });

  it('never takes a name for a new one that only the case or the composition tells from a recorded one, where that does not count', async () => {
    const lab = new Lab({ 'A.txt': 'a', 'Dir/x': 'x', 'e\u0301': 'e' });
    await lab.backup();
    plant(lab.source, { 'a.txt': 'a', 'dir/X': 'x', '\u00e9': 'e', 'new.txt': 'n' });
    const folding = async (path: string) => ({ ...(await fileSystemOf(path)), caseSensitive: false });
    const lines = await told((onEvent) => lab.restoreInPlace({ delete: true, fileSystemOf: folding, onEvent }));
    expect(lines.filter((line) => line.startsWith('deleted'))).toEqual(['deleted data/new.txt']);
  });

  it('stops at what was put there after it had listed what goes', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    await lab.backup();
    plant(lab.source, { 'new/x': 'x', 'edited.txt': 'before', 'swapped.txt': 'before' });
    const confirm = async (): Promise<void> => {
      plant(lab.source, { 'new/later': 'later', 'later.txt': 'later' });
      writeFileSync(lab.path('edited.txt'), 'after');
      // Of the same size and time.
      plant(lab.source, { other: 'behind' });
      renameSync(lab.path('other'), lab.path('swapped.txt'));
    };
    const summary = await lab.restoreInPlace({ delete: true, confirm });
    expect(named(summary)).toEqual(['EXISTS data/edited.txt', 'EXISTS data/new', 'EXISTS data/swapped.txt']);
    expect(Object.keys(treeOf(lab.source))).toEqual([
      'a.txt',
      'edited.txt',
      'later.txt',
      'new',
      'new/later',
      'swapped.txt',
    ]);
  });

  it('spares what Holdfast keeps there, whichever target or state it is, down to a folder that is named for it', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'old/x': 'x' });
    await lab.backup();
    plant(lab.source, {
      'old/.holdfast/target.json': '{}',
      'old/new': 'in a target',
      'one/.holdfast/snapshot.json': '{}',
      'one/data/x': 'in a snapshot',
      'more/.holdfast/staging/1/2': 'in what is being written',
      'state/sources/0123456789abcdef0123456789abcdef.json': '{}',
      'state/undo/x': 'in a state',
      'zips/of-ours': `PK\x03\x04${'\0'.repeat(22)}\x22\0\x09\0${CRAFTED_ID}/data/x`,
      'zips/other': `PK\x03\x04${'\0'.repeat(22)}\x22\0\x09\0something/else`,
      'sources/x.json': '{}',
    });
    const summary = await lab.restoreInPlace({ delete: true });
    expect(Object.keys(treeOf(lab.source)).filter((path) => lstatSync(lab.path(path)).isFile())).toEqual([
      'a.txt',
      'more/.holdfast/staging/1/2',
      'old/.holdfast/target.json',
      'old/new',
      'old/x',
      'one/.holdfast/snapshot.json',
      'one/data/x',
      'state/sources/0123456789abcdef0123456789abcdef.json',
      'state/undo/x',
      'zips/of-ours',
    ]);
    expect(summary.notes.map(({ code, message }) => `${code} ${message.split(' ', 1)[0]}`)).toEqual(
      ['more/.holdfast', 'old', 'one', 'state', 'zips/of-ours'].map((path) => `STORE_SPARED ${lab.path(path)}`),
    );
  });

  it('is announced until all of it is done: not ended by one that deletes nothing, or that could not give everything back', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'b.txt': 'b' });
    await lab.backup();
    plant(lab.source, { extra: 'extra', 'a.txt': 'spoilt' });
    const stopped = lab.restoreInPlace({
      delete: true,
      onEvent: ({ type }) => {
        if (type === 'file') throw new Error('stopped');
      },
    });
    await expect(stopped).rejects.toThrow('stopped');
    const announced = (): string[] =>
      interruptedRestores(lab.state).map(({ deletes, missed = false }) => `${deletes} ${missed}`);
    expect(announced()).toEqual(['true false']);
    await lab.restoreInPlace();
    expect(announced()).toEqual(['true false']);

    const key = [...lab.store.objects.keys()].find((one) => one.endsWith('/a.txt')) ?? '';
    const object = lab.store.objects.get(key);
    if (object === undefined) throw new Error('it is stored');
    lab.store.objects.delete(key);
    rmSync(lab.path('a.txt'));
    const summary = await lab.restoreInPlace({ delete: true });
    expect(summary.problems.map(({ code }) => code)).toEqual(['MISSING', 'NOT_DELETED']);
    expect(announced()).toEqual(['true true']);
    await lab.restoreInPlace();
    expect(announced().sort()).toEqual(['false true', 'true true']);
    lab.store.objects.set(key, object);
    await lab.restoreInPlace({ delete: true });
    expect(announced()).toEqual([]);
    expect(Object.keys(treeOf(lab.source))).toEqual(['a.txt', 'b.txt']);
  });

  it('deletes nothing when not everything could be given back', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'b.txt': 'b' });
    await lab.backup();
    renameSync(lab.path('a.txt'), lab.path('moved.txt'));
    const key = [...lab.store.objects.keys()].find((one) => one.endsWith('/a.txt')) ?? '';
    lab.store.objects.delete(key);
    const summary = await lab.restoreInPlace({ delete: true });
    expect(summary.problems.map(({ code }) => code)).toEqual(['MISSING', 'NOT_DELETED']);
    expect(readFileSync(lab.path('moved.txt'), 'utf8')).toBe('a');
  });

  it('of an incomplete snapshot deletes nothing unless it is told to', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    await lab.backup({ sources: [{ path: lab.source, name: 'data' }, { path: lab.path('missing') }] });
    plant(lab.source, { 'new.txt': 'new' });
    const error: unknown = await lab.restoreInPlace({ delete: true }).catch((reason: unknown) => reason);
    expect(codeOf(error)).toBe('INCOMPLETE');
    expect(existsSync(lab.path('new.txt'))).toBe(true);
    await lab.restoreInPlace({ delete: true, evenIncomplete: true });
    expect(existsSync(lab.path('new.txt'))).toBe(false);
  });

  it('of a source that was missing deletes nothing', async () => {
    const lab = new Lab({ 'a/x': 'x' });
    await lab.backup({ sources: [{ path: lab.path('a') }, { path: lab.path('b') }] });
    plant(lab.source, { 'b/precious': 'precious' });
    await lab.restoreInPlace({ delete: true, evenIncomplete: true });
    expect(readFileSync(lab.path('b/precious'), 'utf8')).toBe('precious');
  });

  it('never touches the local state or the store, though they lie in the source', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    const state = lab.path('state');
    mkdirSync(state);
    await lab.backup({ stateDirectory: state });
    plant(lab.source, { 'own/store': 'store', 'new.txt': 'new' });
    const target: BackupTarget = { ...lab.target, localPaths: [lab.path('own')] };
    const bound = new Proxy(lab.target, {
      get: (real, name) => (name === 'localPaths' ? target.localPaths : bind(real, name)),
    });
    await lab.restoreInPlace({ stateDirectory: state, target: bound, delete: true });
    expect(Object.keys(treeOf(lab.source)).filter((path) => !path.startsWith('state/'))).toEqual([
      'a.txt',
      'own',
      'own/store',
      'state',
    ]);
    expect(existsSync(join(state, 'sources'))).toBe(true);
  });

  const bind = (real: BackupTarget, name: string | symbol): unknown => {
    const value: unknown = Reflect.get(real, name);
    return typeof value === 'function' ? (value.bind(real) as unknown) : value;
  };
});

describe('what the rules leave out', () => {
  it('of the live files stays, and the folders that hold it', async () => {
    const lab = new Lab({ '.holdfastignore': '*.tmp\nbuild/\n', 'a.txt': 'a' });
    await lab.backup();
    plant(lab.source, { 'x.tmp': 'x', 'build/out': 'o', 'new/y.tmp': 'y', 'new/z.txt': 'z', 'gone/z.txt': 'z' });
    plant(lab.source, { 'cache/CACHEDIR.TAG': 'Signature: 8a477f597d28d172789f06886806bc55', 'cache/entry': 'e' });
    await lab.restoreInPlace({ delete: true });
    const left = Object.keys(treeOf(lab.source));
    expect(left).toEqual([
      '.holdfastignore',
      'a.txt',
      'build',
      'build/out',
      'cache',
      'cache/entry',
      'new',
      'new/y.tmp',
      'x.tmp',
    ]);
  });

  it('of the backup stays, though this restore is not told of them', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'x.tmp': 'x', 'large.bin': 'larger than ten bytes', 'y.log': 'y' });
    const rules = join(scratch(), 'rules');
    writeFileSync(rules, '*.log\n');
    const filter = { exclude: ['*.tmp'], excludeLargerThanBytes: 10, excludeFiles: [rules] };
    await lab.backup({ sources: [{ path: lab.source, name: 'data', filter }] });
    rmSync(rules);
    plant(lab.source, { 'new.txt': 'n' });
    const refused = await lab.restoreInPlace({ delete: true }).catch((error: unknown) => error);
    expect([codeOf(refused), String(refused)]).toEqual(['INCOMPLETE', expect.stringContaining(': 1 too large')]);
    await lab.restoreInPlace({ delete: true, evenIncomplete: true });
    expect(Object.keys(treeOf(lab.source))).toEqual(['a.txt', 'large.bin', 'x.tmp', 'y.log']);
  });

  it.each<[string, Planting, FilterSpec, string]>([
    ['a file that was too large', { 'big.log': 'larger than ten' }, { excludeLargerThanBytes: 10 }, '1 too large'],
    ['a file that was too small', { small: 's' }, { excludeSmallerThanBytes: 3 }, '1 too small'],
    [
      'what a file of rules named that was itself left out',
      { '.holdfastignore': 'cache/\n', 'cache/x': 'precious' },
      { exclude: ['.*'] },
      'what a file of rules named that it does not hold',
    ],
    [
      'a cache whose tag was itself left out',
      { 'cache/CACHEDIR.TAG': 'Signature: 8a477f597d28d172789f06886806bc55\n', 'cache/x': 'precious' },
      { exclude: ['CACHEDIR.TAG'] },
      'what a file of rules named that it does not hold',
    ],
  ])('and is told by no name deletes nothing, but with a yes to that: %s', async (_, left, filter, reason) => {
    const lab = new Lab({ 'a.txt': 'four', ...left });
    const other = scratch();
    plant(other, { x: 'four' });
    await lab.backup({
      sources: [
        { path: lab.source, name: 'data', filter },
        { path: other, name: 'other' },
      ],
    });
    // As a log is rotated, and rules are changed.
    for (const name of Object.keys(left)) writeFileSync(lab.path(name), 'mid');
    plant(other, { new: 'new' });
    const error = await lab.restoreInPlace({ delete: true }).catch((thrown: unknown) => thrown);
    expect(codeOf(error)).toBe('INCOMPLETE');
    expect(String(error)).toContain(`rules left out of "data" what cannot be told`);
    expect(String(error)).toContain(reason);
    expect(existsSync(join(other, 'new'))).toBe(true);
    // Of a source of which that is not so it deletes, and restores without.
    expect(await lab.restoreInPlace({ delete: true, patterns: ['other/**'] })).toMatchObject({ deleted: 1 });
    expect(named(await lab.restoreInPlace())).toEqual([]);
    expect(named(await lab.restoreInPlace({ delete: true, evenIncomplete: true }))).toEqual([]);
  });

  it('by its size deletes as ever, where there was none of that size', async () => {
    const lab = new Lab({ 'a.txt': 'four', '.holdfastignore': '*.tmp\n', 'x.tmp': 'x' });
    const filter = { excludeLargerThanBytes: 100 };
    await lab.backup({ sources: [{ path: lab.source, name: 'data', filter }] });
    plant(lab.source, { new: 'new' });
    expect(await lab.restoreInPlace({ delete: true })).toMatchObject({ deleted: 1 });
    expect(existsSync(lab.path('x.tmp'))).toBe(true);
  });

  it.each<[NonNullable<SnapshotSource['rules']>, string]>([
    [{ excludeLargerThanBytes: 10 }, 'files by their size'],
    [{ excludeSmallerThanBytes: 10 }, 'files by their size'],
    [{ oneFileSystem: true }, 'what lay on another file system'],
  ])('by rules as %j is taken for left out where an older record does not say', async (rules, reason) => {
    const source = { id: 'id', name: 'data', path: '/srv/data', type: 'directory', rules } as const;
    const target = memoryTarget({ store: craft([folder('data')], { payload: { sources: [source] } }) });
    const into = scratch();
    plant(into, { 'data/x': 'x' });
    const error = await restore({ target, into, delete: true }).catch((thrown: unknown) => thrown);
    expect([codeOf(error), String(error)]).toEqual(['INCOMPLETE', expect.stringContaining(reason)]);
    expect(existsSync(join(into, 'data/x'))).toBe(true);
  });

  it('of this restore is neither restored nor deleted', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'sub/b.cfg': 'b', 'c.cfg': 'c' });
    await lab.backup();
    writeFileSync(lab.path('c.cfg'), 'mine');
    plant(lab.source, { 'new.cfg': 'n', 'new.txt': 'n' });
    await lab.restoreInPlace({ delete: true, exclude: ['*.cfg'] });
    expect(Object.keys(treeOf(lab.source))).toEqual(['a.txt', 'c.cfg', 'new.cfg', 'sub', 'sub/b.cfg']);
    expect(readFileSync(lab.path('c.cfg'), 'utf8')).toBe('mine');
  });

  it('stays also where the file of rules is gone since: it comes back first', async () => {
    const lab = new Lab({ 'sub/.holdfastignore': '*.tmp\n', 'sub/x.tmp': 'x', 'sub/a': 'a' });
    await lab.backup();
    rmSync(lab.path('sub/.holdfastignore'));
    plant(lab.source, { 'sub/new': 'n', other: 'o' });
    const first = await lab.restoreInPlace({ delete: true });
    expect(named(first)).toEqual(['NOT_DELETED data/sub']);
    expect(Object.keys(treeOf(lab.source))).toEqual(['sub', 'sub/.holdfastignore', 'sub/a', 'sub/new', 'sub/x.tmp']);
    await lab.restoreInPlace({ delete: true });
    expect(Object.keys(treeOf(lab.source))).toEqual(['sub', 'sub/.holdfastignore', 'sub/a', 'sub/x.tmp']);
  });
});

/** Short names from few letters, so that one is often the beginning of another, and changes meet. */
const NAME = fc.constantFrom('a', 'b', 'a.x', 'a-b', 'ab', 'c');
const PATH = fc.array(NAME, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const CHANGE = fc.record({
  what: fc.constantFrom('write', 'write', 'remove', 'folder', 'symlink', 'link', 'mode', 'time'),
  path: PATH,
  other: PATH,
  value: fc.integer({ min: 0, max: 3 }),
});
type Change = typeof CHANGE extends fc.Arbitrary<infer Value> ? Value : never;

/** Does what can be done of the changes; those that meet something else in their way are left out. */
function apply(root: string, changes: readonly Change[]): void {
  for (const { what, path, other, value } of changes) {
    const place = join(root, path);
    try {
      if (what === 'remove') rmSync(place, { recursive: true });
      else if (what === 'mode') chmodSync(place, 0o700 + value);
      else if (what === 'time') utimesSync(place, 1_600_000_000 + value, 1_600_000_000 + value);
      else {
        mkdirSync(join(place, '..'), { recursive: true });
        if (what === 'write') writeFileSync(place, `${value}`);
        else if (what === 'folder') mkdirSync(place);
        else if (what === 'symlink') symlinkSync(other, place);
        else linkSync(join(root, other), place);
      }
    } catch {
      // In its way stands something else.
    }
  }
}

describe('whatever was done to a tree', () => {
  it('a restore in place that deletes makes it what it was, and the dry run has said just what was done', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(CHANGE, { maxLength: 20 }),
        fc.array(CHANGE, { maxLength: 20 }),
        async (first, then) => {
          const lab = new Lab();
          const source = lab.path('data');
          mkdirSync(source);
          apply(source, first);
          const wanted = exactTree(source);
          const sources = [{ path: source }];
          const { problems, flags } = await lab.backup({ sources });
          fc.pre(problems.every(({ code }) => code === 'SOURCE_EMPTY'));
          // Of an empty folder nothing is deleted without a word.
          const how = { delete: true, evenIncomplete: flags.includes('incomplete') };
          apply(source, then);
          const changed = exactTree(source);
          const planned = await told((onEvent) => lab.restoreInPlace({ ...how, dryRun: true, onEvent }));
          expectExactly(exactTree(source), changed);
          const done = await told((onEvent) => lab.restoreInPlace({ ...how, onEvent }));
          expectExactly(exactTree(source), wanted);
          expect(done.sort()).toEqual(planned.sort());
          expect(await lab.restoreInPlace(how)).toMatchObject({
            restoredFiles: 0,
            adjusted: 0,
            deleted: 0,
          });
        },
      ),
      { numRuns: runs(30) },
    );
  }, 120_000);
});
