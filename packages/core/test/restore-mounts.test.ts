import { execFileSync } from 'node:child_process';
import { cpSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Lab } from './lab.js';
import { canMount, mounted, mountedTmpfs } from './mounts.js';
import { expectSameTree, plant, scratch } from './workspace.js';

const MIB = 1024 * 1024;
const FILES = { a: 'a', 'mounted/b': 'b', 'mounted/sub/c': 'c', 'mounted/sub/l': '-> c', z: 'z' };

/** A folder that holds a file system of its own as `data/mounted`. */
function withMount(): string {
  const into = scratch();
  mountedTmpfs(4 * MIB, join(into, 'data/mounted'));
  expect(lstatSync(join(into, 'data/mounted')).dev).not.toBe(lstatSync(into).dev);
  return into;
}

describe.skipIf(!canMount('a restore to a place that holds a mount'))('a restore to a place that holds a mount', () => {
  it('fills the mount too, by files that are staged in it, and leaves nothing of that', async () => {
    const lab = new Lab(FILES);
    await lab.backup();
    const into = withMount();
    const staged = new Set<string>();
    const look = (): void => {
      for (const name of readdirSync(join(into, 'data/mounted'))) staged.add(name);
    };
    const summary = await lab.restore({ into, onEvent: look });
    expect([summary.problems, staged.has('.holdfast-restore')]).toEqual([[], true]);
    expectSameTree(join(into, 'data'), lab.source);
    expect(readdirSync(join(into, 'data/mounted')).sort()).toEqual(['b', 'sub']);
    expect(await lab.restore({ into })).toMatchObject({ restoredFiles: 0, keptFiles: 4, adjusted: 0, problems: [] });
  });

  it('says where nothing at all can be begun on a full disk that room is to be made, and not that another folder is to be named', async () => {
    const disk = mounted(['-t', 'tmpfs', '-o', 'nr_inodes=8', 'tmpfs']);
    const lab = new Lab();
    plant(disk, { 'data/a': 'a' });
    await lab.backup({ sources: [{ path: join(disk, 'data') }] });
    rmSync(join(disk, 'data/a'));
    expect(() => {
      for (let number = 0; ; number++) mkdirSync(join(disk, `full${number}`));
    }).toThrow('ENOSPC');
    const hint = expect.stringMatching(/^Make room on that disk/);
    await expect(lab.restoreInPlace()).rejects.toMatchObject({ code: 'DESTINATION', hint });
    for (const name of readdirSync(disk)) if (name.startsWith('full')) rmSync(join(disk, name), { recursive: true });
    await lab.restoreInPlace();
    expect(readFileSync(join(disk, 'data/a'), 'utf8')).toBe('a');
  });

  it('deletes nothing where something was mounted that a backup has left out, and is not any more', async () => {
    const lab = new Lab({ a: 'a', 'mounted/below': 'precious' });
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', lab.path('mounted')]);
    try {
      await lab.backup({ sources: [{ path: lab.source, name: 'data', filter: { oneFileSystem: true } }] });
    } finally {
      execFileSync('umount', [lab.path('mounted')]);
    }
    await expect(lab.restoreInPlace({ delete: true })).rejects.toThrow('1 on another file system');
    expect(readFileSync(lab.path('mounted/below'), 'utf8')).toBe('precious');
  });

  it('removes what a killed restore has staged in the mount', async () => {
    const lab = new Lab(FILES);
    await lab.backup();
    const into = withMount();
    plant(join(into, 'data/mounted'), { '.holdfast-restore/condemned-0123456789abcdef/1': 'half' });
    await lab.restore({ into });
    expectSameTree(join(into, 'data'), lab.source);
  });

  it('in place replaces what differs in the mount, and deletes nothing there', async () => {
    const lab = new Lab({ a: 'a' });
    mountedTmpfs(4 * MIB, lab.path('mounted'));
    plant(lab.source, FILES);
    const before = scratch();
    cpSync(lab.source, join(before, 'copy'), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    await lab.backup();
    writeFileSync(lab.path('mounted/sub/c'), 'changed');
    writeFileSync(lab.path('a'), 'changed');
    writeFileSync(lab.path('mounted/extra'), 'extra');
    writeFileSync(lab.path('extra'), 'extra');
    const summary = await lab.restoreInPlace({ delete: true });
    expect(summary).toMatchObject({ replacedFiles: 2, deleted: 1, problems: [] });
    expect(readFileSync(lab.path('mounted/sub/c'), 'utf8')).toBe('c');
    expect(readdirSync(lab.path('mounted')).sort()).toEqual(['.holdfast-undo', 'b', 'extra', 'sub']);
  });

  it('gives the names that one file has on both sides of the mount each what was in it', async () => {
    const lab = new Lab({ one: 'same', 'mounted/sub': null });
    for (const name of ['mounted/two', 'mounted/sub/three', 'zero']) linkSync(lab.path('one'), lab.path(name));
    await lab.backup();
    const into = withMount();
    expect((await lab.restore({ into })).problems).toEqual([]);
    const of = (name: string) => lstatSync(join(into, 'data', name));
    expect(of('one').dev).not.toBe(of('mounted/two').dev);
    for (const name of ['one', 'zero', 'mounted/two', 'mounted/sub/three'])
      expect(readFileSync(join(into, 'data', name), 'utf8')).toBe('same');
  });
});
