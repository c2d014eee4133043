import { chmodSync, linkSync, lstatSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backup, listSnapshots, mirror, restore, showSnapshot, verify } from '../src/index.js';
import { memoryTarget } from '../src/testing/index.js';
import { expectSameTree, plant, scratch } from './workspace.js';

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const FILES = {
  'a.b': 'dot before slash',
  'a/x': 'in a',
  a0: 'zero after slash',
  'empty.npy': '',
  'folder/deep/er/file.txt': 'deep',
  'folder/nothing': null,
  'link to a': '-> a/x',
  dangling: '-> /does/not/exist',
  'ünïcode 😀.txt': 'names',
  'large.bin': Buffer.alloc(3 * 1024 * 1024 + 7, 'large'),
};

describe('a backup and its restore', () => {
  it('give back the same tree: bytes, modes, times, links, empty folders', async () => {
    const [source, state, out] = [scratch(), scratch(), scratch()];
    plant(source, FILES);
    chmodSync(join(source, 'a.b'), 0o640);
    chmodSync(join(source, 'folder/nothing'), 0o750);
    utimesSync(join(source, 'folder'), 1_700_000_000.123456, 1_700_000_000.123456);
    const target = memoryTarget();
    const summary = await backup({
      sources: [{ path: source, name: 'data' }],
      targets: [target],
      stateDirectory: state,
    });
    expect(summary.problems).toEqual([]);
    expect(summary.counts).toMatchObject({ files: 7, symlinks: 2, skipped: 0 });
    const restored = await restore({ target, into: out });
    expect(restored.problems).toEqual([]);
    expectSameTree(join(out, 'data'), source);
    expect((await verify({ target, data: true })).whole).toBe(true);
  });

  it('keep hard links as hard links', async () => {
    const [source, state, out] = [scratch(), scratch(), scratch()];
    plant(source, { 'one.txt': 'same inode', 'sub/other.txt': 'x' });
    linkSync(join(source, 'one.txt'), join(source, 'sub/two.txt'));
    const target = memoryTarget();
    await backup({ sources: [{ path: source, name: 'data' }], targets: [target], stateDirectory: state });
    await restore({ target, into: out });
    expect(statSync(join(out, 'data/one.txt')).ino).toBe(statSync(join(out, 'data/sub/two.txt')).ino);
    expect(lstatSync(join(out, 'data/sub/two.txt')).nlink).toBe(2);
  });

  it('read nothing again that has not changed, and share it with the previous snapshot', async () => {
    const [source, state] = [scratch(), scratch()];
    plant(source, FILES);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const target = memoryTarget();
    const options = { sources: [{ path: source, name: 'data' }], targets: [target], stateDirectory: state };
    const first = await backup(options);
    expect(first.readFiles).toBe(7);
    const second = await backup(options);
    expect(second.readFiles).toBe(0);
    expect(second.targets[0]).toMatchObject({ sharedFiles: 7, storedFiles: 0 });
    expect(second.parent).toBe(first.snapshotId);
    writeFileSync(join(source, 'a0'), 'changed!');
    const third = await backup(options);
    expect(third.readFiles).toBe(1);
    expect(third.targets[0]).toMatchObject({ sharedFiles: 6, storedFiles: 1 });
    const listed = await all(listSnapshots({ target }));
    expect(listed.map(({ id }) => id)).toEqual([first.snapshotId, second.snapshotId, third.snapshotId]);
    expect((await verify({ target, data: true })).whole).toBe(true);
  });

  it('go to several targets as one snapshot, also those that cannot share or keep attributes', async () => {
    const [source, state, out] = [scratch(), scratch(), scratch()];
    plant(source, FILES);
    const targets = [
      memoryTarget({ url: 'memory:1' }),
      memoryTarget({ url: 'memory:2', capabilities: { copy: false, copyShares: false } }),
      memoryTarget({ url: 'memory:3', capabilities: { attributes: false, rangeRead: false } }),
    ];
    const summary = await backup({ sources: [{ path: source, name: 'data' }], targets, stateDirectory: state });
    expect(summary.targets.map(({ committed }) => committed)).toEqual([true, true, true]);
    expect(summary.readFiles).toBe(7);
    for (const [index, target] of targets.entries()) {
      await restore({ target, into: join(out, String(index)) });
      expectSameTree(join(out, String(index), 'data'), source);
    }
  });

  it('mirror to another target, once: the second time nothing is copied', async () => {
    const [source, state, out] = [scratch(), scratch(), scratch()];
    plant(source, FILES);
    const [from, to] = [memoryTarget({ url: 'memory:from' }), memoryTarget({ url: 'memory:to' })];
    await backup({ sources: [{ path: source, name: 'data' }], targets: [from], stateDirectory: state });
    writeFileSync(join(source, 'a0'), 'changed!');
    await backup({ sources: [{ path: source, name: 'data' }], targets: [from], stateDirectory: state });
    const first = await mirror({ from, to });
    expect(first).toMatchObject({ copiedSnapshots: 2, copiedFiles: 8, sharedFiles: 6, equal: true, problemCount: 0 });
    expect(await mirror({ from, to })).toMatchObject({
      copiedSnapshots: 0,
      copiedBytes: 0,
      presentSnapshots: 2,
      equal: true,
    });
    await restore({ target: to, into: out });
    expectSameTree(join(out, 'data'), source);
    expect((await verify({ target: to, data: true })).whole).toBe(true);
  });

  it('show every entry of a snapshot', async () => {
    const [source, state] = [scratch(), scratch()];
    plant(source, FILES);
    const target = memoryTarget();
    await backup({
      sources: [{ path: source, name: 'data' }],
      targets: [target],
      stateDirectory: state,
      tags: ['t'],
      name: 'n',
    });
    const shown = await showSnapshot({ target, which: 'n' });
    const entries = await all(shown.entries());
    expect(entries.map((item) => ('entry' in item ? item.entry.path : item.reason))).toEqual([
      'data',
      'data/a.b',
      'data/a',
      'data/a/x',
      'data/a0',
      'data/dangling',
      'data/empty.npy',
      'data/folder',
      'data/folder/deep',
      'data/folder/deep/er',
      'data/folder/deep/er/file.txt',
      'data/folder/nothing',
      'data/large.bin',
      'data/link to a',
      'data/ünïcode 😀.txt',
    ]);
    await shown.close();
  });
});
