import { readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileSystemOf } from '../src/files/index.js';
import { isHoldfastError, mirror, restore, verify } from '../src/index.js';
import { memoryTarget } from '../src/testing/index.js';
import { type CraftedEntry, craft, file, folder, symlink } from './crafted.js';
import { DATA, GOOD, named, place, restoreCrafted } from './crafted-restore.js';

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

  it('names that Windows reserves are named where its rules hold, and the rest is restored', async () => {
    const windows = async (path: string) => ({ ...(await fileSystemOf(path)), windowsNames: true });
    const entries = [
      DATA,
      file('data/CON', 'x'),
      file('data/a:b', 'x'),
      GOOD,
      folder('data/x.'),
      file('data/x./y', 'y'),
    ];
    const summary = await restoreCrafted(entries, { fileSystemOf: windows });
    expect(named(summary)).toEqual([
      'BAD_NAME data/CON',
      'BAD_NAME data/a:b',
      'BAD_NAME data/x.',
      'UNWRITABLE data/x./y',
    ]);
    expect(Object.keys(summary.tree)).toEqual(['data', 'data/good.txt']);
  });

  it('control characters in names are restored as they are; only what is shown is escaped', async () => {
    const summary = await restoreCrafted([DATA, file('data/\u001b[2J', 'x')]);
    expect(Object.keys(summary.tree)).toEqual(['data', 'data/\u001b[2J']);
  });
});
