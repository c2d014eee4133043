import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRefused, verify } from '../src/index.js';
import { memoryTarget } from '../src/testing/index.js';
import { Lab } from './lab.js';
import { bytesPath, expectSameTree, plant, scratch, type Tree, treeOf } from './workspace.js';

const isRoot = process.getuid?.() === 0;

/** Backs the lab up, restores it, and expects the same tree; gives it. */
async function roundTrip(lab: Lab): Promise<Tree> {
  const summary = await lab.backup();
  expect(summary.problems).toEqual([]);
  const restored = await lab.restore();
  expect(restored.problems).toEqual([]);
  expect((await verify({ target: lab.target, data: true })).problems).toEqual([]);
  expectSameTree(join(restored.into, 'data'), lab.source);
  return treeOf(join(restored.into, 'data'));
}

describe('what a snapshot keeps', () => {
  it('contents of every size, also of no bytes and of zeros only: data of any content is data', async () => {
    const lab = new Lab({
      empty: '',
      one: 'x',
      zeros: Buffer.alloc(70_000),
      'exactly a mebibyte': Buffer.alloc(1024 * 1024, 7),
      'a byte more than a mebibyte': Buffer.alloc(1024 * 1024 + 1, 8),
      large: Buffer.alloc(3_500_000, 'large'),
    });
    await roundTrip(lab);
  });

  it('modes of files and folders, also those that forbid reading', async () => {
    const lab = new Lab({ f600: 'a', f755: 'b', f444: 'c', 'd/inside': 'd', 'e/inside': 'e' });
    chmodSync(lab.path('f600'), 0o600);
    chmodSync(lab.path('f755'), 0o755);
    chmodSync(lab.path('f444'), 0o444);
    chmodSync(lab.path('d'), 0o500);
    chmodSync(lab.path('e'), 0o1777);
    await roundTrip(lab);
  });

  it('times within a microsecond, before 1970 and far ahead too; nanoseconds stand in the manifest', async () => {
    const lab = new Lab({ now: 'a', early: 'b', late: 'c', 'folder/x': 'd', link: '-> now' });
    utimesSync(lab.path('now'), 1_763_000_000.123456, 1_763_000_000.123456);
    utimesSync(lab.path('early'), -86_400.5, -86_400.5);
    utimesSync(lab.path('late'), 4_102_444_800, 4_102_444_800);
    lutimesSync(lab.path('link'), 1_600_000_000.5, 1_600_000_000.5);
    utimesSync(lab.path('folder'), 1_500_000_000.25, 1_500_000_000.25);
    await roundTrip(lab);
    const [item] = (await lab.entries()).filter((one) => !isRefused(one) && one.entry.path === 'data/now');
    const expected = String(statSync(lab.path('now'), { bigint: true }).mtimeNs);
    expect(item).toMatchObject({ entry: { mtimeNs: expected } });
    const restored = await lab.restore();
    expect(lstatSync(join(restored.into, 'data/link'), { bigint: true }).mtimeNs / 1000n).toBe(1_600_000_000_500_000n);
  });

  it('symlinks as links: to a file, to a folder, dangling, absolute, out of the tree, with a target that is not UTF-8', async () => {
    const lab = new Lab({
      'folder/file': 'x',
      toFile: '-> folder/file',
      toFolder: '-> folder',
      dangling: '-> nowhere at all',
      absolute: '-> /etc/hostname',
      out: '-> ../../..',
      'folder/up': '-> ..',
    });
    symlinkSync(Buffer.from([0x66, 0xff, 0x2e, 0x78]), lab.path('bytes'));
    const tree = await roundTrip(lab);
    expect(tree.bytes).toBe('-> bytes 66ff2e78');
  });

  it('hard links, over folders, and not more of them than there were', async () => {
    const lab = new Lab({ 'one.txt': 'same inode', 'sub/other.txt': 'same inode' });
    mkdirSync(lab.path('a'));
    linkSync(lab.path('one.txt'), lab.path('a/two.txt'));
    linkSync(lab.path('one.txt'), lab.path('sub/three.txt'));
    expect((await lab.backup()).targets[0]).toMatchObject({ storedFiles: 2, sharedFiles: 2 });
    const { into } = await lab.restore();
    const inode = (name: string): number => statSync(join(into, 'data', name)).ino;
    expect([inode('a/two.txt'), inode('sub/three.txt')]).toEqual([inode('one.txt'), inode('one.txt')]);
    expect(inode('sub/other.txt')).not.toBe(inode('one.txt'));
    expect(statSync(join(into, 'data/one.txt')).nlink).toBe(3);
  });

  it('hard links on targets of which one can copy and another cannot', async () => {
    const lab = new Lab({ 'one.txt': 'same inode' });
    linkSync(lab.path('one.txt'), lab.path('two.txt'));
    const plain = memoryTarget({ url: 'memory:plain', capabilities: { copy: false, copyShares: false } });
    const summary = await lab.backup({ targets: [lab.target, plain] });
    expect(summary.targets).toMatchObject([{ committed: true }, { committed: true }]);
    for (const target of [lab.target, plain]) {
      const { into } = await lab.restore({ target });
      expect(statSync(join(into, 'data/one.txt')).ino).toBe(statSync(join(into, 'data/two.txt')).ino);
    }
  });

  it('empty folders, and folders that hold nothing but empty folders', async () => {
    const lab = new Lab({ empty: null, 'a/b/c': null, x: 'x' });
    chmodSync(lab.path('a/b/c'), 0o711);
    await roundTrip(lab);
  });

  it('trees a hundred folders deep', async () => {
    const lab = new Lab({ [`${'d/'.repeat(100)}bottom`]: 'deep down' });
    await roundTrip(lab);
  });

  it.runIf(isRoot)('owners, for a user who may set them', async () => {
    const lab = new Lab({ 'theirs.txt': 'x', 'folder/y': 'y', link: '-> theirs.txt' });
    for (const name of ['theirs.txt', 'folder', 'link']) {
      expect(spawnSync('chown', ['-h', '1234:4321', lab.path(name)]).status).toBe(0);
    }
    await lab.backup();
    const { into } = await lab.restore();
    for (const name of ['theirs.txt', 'folder', 'link']) {
      expect(lstatSync(join(into, 'data', name))).toMatchObject({ uid: 1234, gid: 4321 });
    }
    expect(lstatSync(join(into, 'data/folder/y'))).toMatchObject({ uid: 0, gid: 0 });
  });

  it('setuid and setgid in its manifest; they are lent again only when that is asked for', async () => {
    const lab = new Lab({ tool: 'x' });
    chmodSync(lab.path('tool'), 0o6755);
    await lab.backup();
    const plainly = await lab.restore();
    expect(statSync(join(plainly.into, 'data/tool')).mode & 0o7777).toBe(0o755);
    const privileged = await lab.restore({ privileged: true });
    expect(statSync(join(privileged.into, 'data/tool')).mode & 0o7777).toBe(0o6755);
  });

  it('not sockets, pipes and devices: each is named, counted, and the snapshot is flagged', async () => {
    const lab = new Lab({ 'file.txt': 'x' });
    expect(spawnSync('mkfifo', [lab.path('pipe')]).status).toBe(0);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(lab.path('socket'), resolve));
    const device = isRoot && spawnSync('mknod', [lab.path('device'), 'c', '1', '3']).status === 0;
    try {
      const summary = await lab.backup();
      const named = summary.problems.map(({ code, path, message }) => `${code} ${path}: ${message}`);
      expect(named).toEqual([
        ...(device ? ['SPECIAL_FILE data/device: a device is not stored'] : []),
        'SPECIAL_FILE data/pipe: a named pipe is not stored',
        'SPECIAL_FILE data/socket: a socket is not stored',
      ]);
      expect(summary.counts).toMatchObject({ files: 1, skipped: device ? 3 : 2 });
      expect(summary.flags).toEqual(['incomplete']);
      const { into } = await lab.restore();
      expect(Object.keys(treeOf(join(into, 'data')))).toEqual(['file.txt']);
    } finally {
      server.close();
    }
  });

  it('the order of its entries: by the bytes of the path, a folder with a slash behind it', async () => {
    const lab = new Lab({
      'a/x': '1',
      'a.b': '2',
      a0: '3',
      'a!': '4',
      'a b/c': '5',
      Z: '6',
      é: '7',
      '\u{ff5e}': '8',
      '😀': '9',
    });
    await lab.backup();
    const paths = (await lab.entries()).map((item) => (isRefused(item) ? '?' : item.entry.path));
    expect(paths).toEqual(
      [
        'data',
        'data/Z',
        'data/a b',
        'data/a b/c',
        'data/a!',
        'data/a.b',
        'data/a',
        'data/a/x',
        'data/a0',
        'data/é',
      ].concat(['data/\u{ff5e}', 'data/😀']),
    );
  });

  it('several sources: folders and lone files, and a file under a folder that was made for it', async () => {
    const lab = new Lab({ 'x.npy': 'x' });
    const other = scratch();
    plant(other, { 'data.xlsx': 'workbook', 'notes.txt': 'notes' });
    const summary = await lab.backup({
      sources: [
        { path: join(other, 'notes.txt') },
        { path: lab.source, name: 'npy' },
        { path: join(other, 'data.xlsx'), name: 'excel' },
      ],
    });
    expect(summary.sources.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'excel file',
      'notes.txt file',
      'npy directory',
    ]);
    const { into } = await lab.restore();
    expect(Object.keys(treeOf(into))).toEqual(['excel', 'excel/data.xlsx', 'notes.txt', 'npy', 'npy/x.npy']);
  });

  it('a source that is itself a symlink, as what it points to', async () => {
    const lab = new Lab({ 'x.txt': 'x' });
    const folder = scratch();
    symlinkSync(lab.source, join(folder, 'current'));
    const summary = await lab.backup({ sources: [{ path: join(folder, 'current') }] });
    expect(summary.sources[0]).toMatchObject({ name: 'current', path: join(folder, 'current'), type: 'directory' });
    const { into } = await lab.restore();
    expectSameTree(join(into, 'current'), lab.source);
  });
});

describe('names', () => {
  it('that are not UTF-8 come back byte for byte, also two that look the same', async () => {
    const lab = new Lab({ 'plain.txt': 'p' });
    const [first, second, folder] = [
      Buffer.from('f\xff.x', 'latin1'),
      Buffer.from('f\xfe.x', 'latin1'),
      Buffer.from('d\xff', 'latin1'),
    ];
    writeFileSync(bytesPath(lab.source, first), 'ff');
    writeFileSync(bytesPath(lab.source, second), 'fe');
    mkdirSync(bytesPath(lab.source, folder));
    writeFileSync(bytesPath(lab.source, Buffer.concat([folder, Buffer.from('/in it.txt')])), 'below');
    const tree = await roundTrip(lab);
    expect(Object.keys(tree)).toEqual([
      'bytes 64ff',
      'bytes 64ff/in it.txt',
      'bytes 66fe2e78',
      'bytes 66ff2e78',
      'plain.txt',
    ]);
    for (const item of await lab.entries()) {
      if (isRefused(item)) throw new Error(item.reason);
      expect(item.entry.path.includes('\ufffd')).toBe(item.entry.pathBytes !== undefined);
    }
  });

  it('of 255 bytes, and with every character that a file system takes, come back as they were', async () => {
    const odd = [
      'new\nline',
      'back\\slash',
      `quote"s'`,
      'tab\there',
      'bell\u0007',
      'del\u007f',
      '$(touch x)',
      '-rf',
      '%2F',
      ' space ',
    ];
    const long = ['n'.repeat(255), 'é'.repeat(127), '😀'.repeat(63)];
    const composed = ['\u00e9 composed', 'e\u0301 composed'];
    const lab = new Lab(
      Object.fromEntries([...odd, ...long, ...composed, 'CON', 'a:b', 'dot.'].map((name) => [name, name])),
    );
    await roundTrip(lab);
  });
});
