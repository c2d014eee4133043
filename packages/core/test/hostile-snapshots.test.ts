import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileSystemOf } from '../src/files/index.js';
import {
  isHoldfastError,
  mirror,
  type Problem,
  type RestoreOptions,
  type RestoreSummary,
  restore,
  verify,
} from '../src/index.js';
import { type Fault, faultPlan, faultyTarget, memoryTarget } from '../src/testing/index.js';
import { type CraftedEntry, craft, file, folder, symlink } from './crafted.js';
import { plant, scratch, treeOf } from './workspace.js';

/** The place around a destination: a restore may change nothing but `into`. */
interface Place {
  readonly outside: string;
  readonly into: string;
}

function place(): Place {
  const outside = scratch();
  plant(outside, { 'precious.txt': 'precious', 'folder/inner.txt': 'inner', into: null });
  return { outside, into: join(outside, 'into') };
}

/** Restores crafted entries, and expects everything outside of the destination to be as it was. */
async function restoreCrafted(
  entries: readonly CraftedEntry[],
  options: Partial<RestoreOptions> & { where?: Place } = {},
): Promise<RestoreSummary & { tree: Readonly<Record<string, string>> }> {
  const { where = place(), ...rest } = options;
  const around = (): object => Object.entries(treeOf(where.outside)).filter(([path]) => !path.startsWith('into/'));
  const before = around();
  const summary = await restore({ target: memoryTarget({ store: craft(entries) }), into: where.into, ...rest });
  expect(around()).toEqual(before);
  expect(existsSync(join(where.into, '.holdfast-restore'))).toBe(false);
  return { ...summary, tree: treeOf(where.into) };
}

/** The code and path of each problem. */
const named = ({ problems }: { problems: readonly Problem[] }): string[] =>
  problems.map(({ code, path }) => `${code} ${path}`);

const DATA = folder('data');
const GOOD = file('data/good.txt', 'good');

describe('a path that leads elsewhere', () => {
  it.each<[string, string]>([
    ['up', '../evil.txt'],
    ['up from within', 'data/../../evil.txt'],
    ['up and back', 'data/../data/evil.txt'],
    ['absolute', '/tmp/holdfast-evil.txt'],
    ['to itself', 'data/./evil.txt'],
    ['through an empty segment', 'data//evil.txt'],
    ['with a slash at the end', 'data/evil.txt/'],
    ['of nothing', ''],
    ['cut by a NUL', 'data/evil\0.txt'],
    ['into our own folder', '.holdfast/snapshot.json'],
    ['into our own folder in another case', '.HOLDFAST/snapshot.json'],
    ['into the staging of a restore', '.holdfast-restore/1/2'],
    ['that is no Unicode', 'data/evil\ud800.txt'],
  ])('(%s) is refused by name; the rest is restored, and verify says so too', async (_, path) => {
    const evil = file(path, 'evil');
    const entries = [DATA, GOOD, { ...evil, key: 'data/elsewhere' }];
    const summary = await restoreCrafted(entries);
    expect(named(summary)).toEqual([`UNSAFE ${path}`]);
    expect(Object.keys(summary.tree)).toEqual(['data', 'data/good.txt']);
    const checked = await verify({ target: memoryTarget({ store: craft(entries) }) });
    expect(checked.whole).toBe(false);
    expect(named(checked)).toContain(`UNSAFE ${path}`);
  });

  it('says one thing in `path` and another in `pathBytes`: refused, whichever is the bad one', async () => {
    const base64 = (path: string): string => Buffer.from(path, 'latin1').toString('base64');
    const summary = await restoreCrafted([
      DATA,
      GOOD,
      file('data/harmless.txt', 'x', { pathBytes: base64('../evil.txt') }),
      file('data/harmless.txt', 'x', { pathBytes: base64('data/other.txt') }),
    ]);
    expect(named(summary)).toEqual(['UNSAFE data/harmless.txt', 'UNSAFE data/harmless.txt']);
    expect(Object.keys(summary.tree)).toEqual(['data', 'data/good.txt']);
  });
});

describe('an entry that uses another one', () => {
  it('a file "through" a symlink is refused; the link is made, and nothing is written where it points', async () => {
    const summary = await restoreCrafted([
      DATA,
      symlink('data/door', '../../folder'),
      file('data/door/evil.txt', 'evil'),
    ]);
    expect(named(summary)).toEqual(['UNSAFE data/door/evil.txt']);
    expect(readlinkSync(join(summary.into, 'data/door'))).toBe('../../folder');
  });

  it('a folder of the name of a symlink before it is refused, with all that is in it', async () => {
    const summary = await restoreCrafted([
      DATA,
      symlink('data/door', '../../folder'),
      file('data/door-', 'between'),
      folder('data/door'),
      file('data/door/evil.txt', 'evil'),
    ]);
    expect(named(summary)).toEqual(['COLLISION data/door', 'UNSAFE data/door/evil.txt']);
    expect(summary.tree).toMatchObject({ 'data/door': '-> ../../folder' });
  });

  it('a folder of the name of a file before it is refused, with all that is in it', async () => {
    const entries = [file('a', 'file'), file('a.txt', 'between'), folder('a'), file('a/b', 'evil')];
    const summary = await restoreCrafted(entries);
    expect(named(summary)).toEqual(['COLLISION a', 'UNSAFE a/b']);
    expect(Object.keys(summary.tree)).toEqual(['a', 'a.txt']);
    expect(named(await verify({ target: memoryTarget({ store: craft(entries) }) }))).toContain('COLLISION a');
  });

  it('an entry below a file, and one whose folder is nowhere, are refused', async () => {
    const summary = await restoreCrafted([
      DATA,
      GOOD,
      file('data/good.txt/below', 'x'),
      file('lost/x', 'x'),
      folder('lost/y'),
    ]);
    expect(named(summary)).toEqual(['UNSAFE data/good.txt/below', 'UNSAFE lost/x', 'UNSAFE lost/y']);
    expect(Object.keys(summary.tree)).toEqual(['data', 'data/good.txt']);
  });

  it('a name that is there twice counts once: the first one', async () => {
    const summary = await restoreCrafted([DATA, file('data/x', 'first'), file('data/x', 'second'), DATA]).catch(
      (error: unknown) => error,
    );
    expect(isHoldfastError(summary, 'SNAPSHOT_DAMAGED')).toBe(true);
    const twice = await restoreCrafted([
      DATA,
      { ...file('data/x', 'first') },
      { ...file('data/x', 'first'), key: 'data/y' },
    ]);
    expect(named(twice)).toEqual(['COLLISION data/x']);
    expect(twice.restoredFiles).toBe(1);
  });
});

describe('a manifest that is none', () => {
  const reading = async (entries: readonly CraftedEntry[], manifest?: Uint8Array): Promise<string> => {
    const store = craft(entries, manifest === undefined ? {} : { manifest });
    const { into } = place();
    const error: unknown = await restore({ target: memoryTarget({ store }), into }).catch((reason: unknown) => reason);
    if (!isHoldfastError(error, 'SNAPSHOT_DAMAGED')) throw error;
    const checked = await verify({ target: memoryTarget({ store }) });
    expect(checked).toMatchObject({ whole: false, damagedSnapshots: 1 });
    return error.message;
  };

  it.each<[string, CraftedEntry]>([
    ['a line that is no JSON', { line: '{"type":"file"' }],
    ['a line that is no entry', { line: '[]' }],
    ['an unknown type', { line: { ...(DATA.line as object), type: 'device', path: 'data/zero' } }],
    ['a negative size', file('data/x', 'x', { sizeBytes: -1 })],
    ['a size that is no whole number', file('data/x', 'x', { sizeBytes: 1.5 })],
    [
      'a size beyond 2^53',
      {
        line: '{"mode":"0644","mtimeNs":"0","path":"data/x","sha256":"","sizeBytes":99999999999999999999,"stable":true,"type":"file"}',
      },
    ],
    ['a time beyond all range', file('data/x', 'x', { mtimeNs: '9'.repeat(40) })],
    ['a time that is no number', file('data/x', 'x', { mtimeNs: '1e9' })],
    ['a mode beyond all bits', file('data/x', 'x', { mode: '77777' })],
    ['a hash that is none', file('data/x', 'x', { sha256: 'abc' })],
    ['a key that points elsewhere', file('data/x', 'x', { key: '.holdfast/snapshot.json' })],
    ['a key that climbs out', file('data/x', 'x', { key: '../other/data/x' })],
    [
      'a member called __proto__',
      { line: '{"__proto__":{"stable":true},"mode":"0755","mtimeNs":"0","path":"data/x","type":"directory"}' },
    ],
    [
      'a member that nests without end',
      {
        line: `{"mode":"0755","more":${'['.repeat(50_000)}${']'.repeat(50_000)},"mtimeNs":"0","path":"data/x","type":"directory"}`,
      },
    ],
    ['a fraction in a member that nobody knows', folder('data/x', { unknown: 0.5 })],
  ])('because of %s: the snapshot is damaged, says so, and nothing crashes', async (_, line) => {
    expect(await reading([DATA, line])).toContain('line 2');
  });

  it('because of a line of more than a mebibyte: said before it is held in memory', async () => {
    const manifest = Buffer.from(`${'x'.repeat(1024 * 1024 + 1)}\n`);
    expect(await reading([], manifest)).toContain('a line is too long');
  });

  it('because its lines are out of order', async () => {
    expect(await reading([folder('b'), folder('a')])).toContain('out of order');
  });

  it('because a line is not UTF-8', async () => {
    expect(await reading([], Buffer.from([0x22, 0xff, 0x22, 0x0a]))).toContain('no JSON');
  });

  it('is not copied by a mirror, which names it and copies the others', async () => {
    const store = craft([DATA, file('data/x', 'x', { sizeBytes: -1 })]);
    craft([DATA, GOOD], { store, id: '20260202T000000000Z-00000001', payload: { sequence: 2 } });
    const refused = craft([DATA, file('data/../../x', 'x')], {
      store,
      id: '20260303T000000000Z-00000002',
      payload: { sequence: 3 },
    });
    const to = memoryTarget({ url: 'memory:to' });
    const summary = await mirror({ from: memoryTarget({ store: refused }), to });
    expect(summary).toMatchObject({ copiedSnapshots: 1, failedSnapshots: 2, equal: false });
    expect(summary.problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'NOT_COPIED 20260101T000000000Z-c0ffee00',
      'NOT_COPIED 20260303T000000000Z-00000002',
    ]);
    expect((await verify({ target: to, data: true })).whole).toBe(true);
  });
});

describe('what an entry asks for', () => {
  it('a link to nothing at all, or cut by a NUL, is refused; other links are only text', async () => {
    const summary = await restoreCrafted([
      DATA,
      symlink('data/a', ''),
      symlink('data/b', 'x\0y'),
      symlink('data/c', '/etc/passwd'),
      symlink('data/d', 'shown', { linkTargetBytes: Buffer.from('written').toString('base64') }),
    ]);
    expect(named(summary)).toEqual(['UNSAFE data/a', 'UNSAFE data/b', 'UNSAFE data/d']);
    expect(summary.tree).toMatchObject({ 'data/c': '-> /etc/passwd' });
  });

  it('setuid and setgid bits are not given, unless that is asked for', async () => {
    const entries = [DATA, file('data/tool', 'x', { mode: '6755' }), folder('data/z', { mode: '2755' })];
    const plainly = await restoreCrafted(entries);
    expect(statSync(join(plainly.into, 'data/tool')).mode & 0o6000).toBe(0);
    expect(statSync(join(plainly.into, 'data/z')).mode & 0o6000).toBe(0);
    const privileged = await restoreCrafted(entries, { privileged: true });
    expect(statSync(join(privileged.into, 'data/tool')).mode & 0o6000).toBe(0o6000);
  });

  it('times at the ends of what a manifest can hold do no harm', async () => {
    const ends = ['-99999999999999999999', '99999999999999999999', '-1', '0', '9223372036854775808'];
    const summary = await restoreCrafted([
      DATA,
      ...ends.map((mtimeNs, index) => file(`data/${index}`, 'x', { mtimeNs })),
    ]);
    expect(summary.restoredFiles).toBe(ends.length);
  });

  it('names too long for the place are named, and the rest is restored', async () => {
    const long = `data/${'n'.repeat(300)}`;
    const summary = await restoreCrafted([DATA, GOOD, file(long, 'x', { key: `.holdfast/alias/${'0'.repeat(64)}` })]);
    expect(summary.problems.length).toBe(1);
    expect(Object.keys(summary.tree)).toEqual(['data', 'data/good.txt']);
  });

  it('two names that the place does not tell apart: the first is made, the other is named, with all below it', async () => {
    const entries = [
      DATA,
      file('data/A.txt', 'upper'),
      folder('data/Folder'),
      file('data/Folder/x', '1'),
      file('data/a.txt', 'lower'),
      symlink('data/fOLDER', 'x'),
      folder('data/folder'),
      file('data/folder/x', '2'),
    ];
    const folding = async (path: string) => ({ ...(await fileSystemOf(path)), caseSensitive: false });
    const summary = await restoreCrafted(entries, { fileSystemOf: folding });
    expect(named(summary)).toEqual([
      'COLLISION data/a.txt',
      'COLLISION data/fOLDER',
      'COLLISION data/folder',
      'UNWRITABLE data/folder/x',
    ]);
    expect(Object.keys(summary.tree)).toEqual(['data', 'data/A.txt', 'data/Folder', 'data/Folder/x']);
  });

  it('control characters in names are restored as they are; only what is shown is escaped', async () => {
    const summary = await restoreCrafted([DATA, file('data/\u001b[2J', 'x')]);
    expect(Object.keys(summary.tree)).toEqual(['data', 'data/\u001b[2J']);
  });
});

describe('folders that their own mode closes', () => {
  it('are filled and made durable before they are closed, also for a user who then cannot enter them', () => {
    const store = craft([
      DATA,
      folder('data/a', { mode: '0500' }),
      file('data/a/x', 'x', { mode: '0400' }),
      folder('data/b', { mode: '0000' }),
      folder('data/b/c', { mode: '0300' }),
      symlink('data/b/link', 'y'),
      file('data/b/y', 'y', { mode: '0000' }),
    ]);
    const where = place();
    chmodSync(where.outside, 0o755);
    chmodSync(where.into, 0o777);
    const objects = [...store.objects].map(([key, { bytes }]) => [key, Buffer.from(bytes).toString('base64')]);
    const script = join(import.meta.dirname, 'restore-without-rights.mjs');
    const child = spawnSync(process.execPath, [script, where.into], {
      input: JSON.stringify(objects),
      encoding: 'utf8',
    });
    expect(child.stderr).toBe('');
    expect(JSON.parse(child.stdout)).toEqual({ problems: [], restoredFiles: 2, directories: 4, symlinks: 1 });
    const modes = ['a', 'a/x', 'b'].map((path) => (lstatSync(join(where.into, 'data', path)).mode & 0o777).toString(8));
    expect(modes).toEqual(['500', '400', '0']);
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
