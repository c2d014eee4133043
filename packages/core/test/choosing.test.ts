import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BackupOptions, type FilterSpec, type HoldfastEvent, isRefused } from '../src/index.js';
import { Lab } from './lab.js';
import { bytesPath, scratch } from './workspace.js';

/** The backup of the lab's source with these rules. */
const choosing = (lab: Lab, filter: FilterSpec): Partial<BackupOptions> => ({
  sources: [{ path: lab.source, name: 'data', filter }],
});

const pathsIn = async (lab: Lab): Promise<string[]> =>
  (await lab.entries()).flatMap((item) => (isRefused(item) ? [] : [item.entry.path]));

/** Takes a backup with these rules and gives the paths that it holds below `data`. */
async function taken(lab: Lab, filter: FilterSpec): Promise<string[]> {
  const summary = await lab.backup(choosing(lab, filter));
  expect(summary).toMatchObject({ problemCount: 0 });
  return (await pathsIn(lab)).map((path) => path.slice('data/'.length)).filter((path) => path !== '');
}

describe('rules of a source', () => {
  it('leave out what fits exclude, and a folder with all that is in it', async () => {
    const lab = new Lab({ 'a.tmp': '', b: '', 'c/a.tmp': '', 'c/d': '', 'skip/x/y': '', 'c/skip': '' });
    const events: HoldfastEvent[] = [];
    const exclude = ['*.tmp', 'skip/'];
    const summary = await lab.backup({ ...choosing(lab, { exclude }), onEvent: (event) => void events.push(event) });
    expect(await pathsIn(lab)).toEqual(['data', 'data/b', 'data/c', 'data/c/d', 'data/c/skip']);
    expect(summary).toMatchObject({ leftOut: { excluded: 3 }, flags: [], problemCount: 0, counts: { skipped: 0 } });
    expect(events.filter(({ type }) => type === 'leftOut')).toEqual([
      { type: 'leftOut', operation: 'backup', path: 'data/a.tmp', isFolder: false, reason: 'excluded', rule: '*.tmp' },
      {
        type: 'leftOut',
        operation: 'backup',
        path: 'data/c/a.tmp',
        isFolder: false,
        reason: 'excluded',
        rule: '*.tmp',
      },
      { type: 'leftOut', operation: 'backup', path: 'data/skip', isFolder: true, reason: 'excluded', rule: 'skip/' },
    ]);
  });

  it('are those of each source by itself', async () => {
    const lab = new Lab({ 'one/a': '', 'one/b': '', 'two/a': '', 'two/b': '' });
    const sources = [
      { path: lab.path('one'), filter: { exclude: ['/a'] } },
      { path: lab.path('two'), filter: { include: ['a'] } },
    ];
    await lab.backup({ sources });
    expect(await pathsIn(lab)).toEqual(['one', 'one/b', 'two', 'two/a']);
  });

  it('with include take only what fits, all in a folder that fits, and the folders that lead there', async () => {
    const lab = new Lab({
      'docs/2026/a.pdf': '',
      'docs/2026/b.txt': '',
      'docs/2025/a.pdf': '',
      'docs/empty': null,
      'music/x/y': '',
      'photos/deep/down/z': '',
      'a.pdf': '',
    });
    expect(await taken(lab, { include: ['/docs/2026/*.pdf', 'deep/'] })).toEqual([
      'docs',
      'docs/2026',
      'docs/2026/a.pdf',
      'photos',
      'photos/deep',
      'photos/deep/down',
      'photos/deep/down/z',
    ]);
    expect(await taken(lab, { include: ['music'], exclude: ['y'] })).toEqual(['music', 'music/x']);
  });

  it('with include do not enter folders in which nothing can fit', async () => {
    const lab = new Lab({ 'docs/a': '', 'other/b': '' });
    const events: HoldfastEvent[] = [];
    await lab.backup({ ...choosing(lab, { include: ['/docs/a'] }), onEvent: (event) => void events.push(event) });
    expect(events.flatMap((event) => (event.type === 'leftOut' ? [event.path] : []))).toEqual(['data/other']);
  });

  it('leave out what is not looked at: no special file is named, nothing unreadable is met', async () => {
    const lab = new Lab({ a: '' });
    expect(spawnSync('mkfifo', [lab.path('pipe')]).status).toBe(0);
    expect(await taken(lab, { exclude: ['pipe'] })).toEqual(['a']);
  });

  it('know names that are not UTF-8', async () => {
    const lab = new Lab({ a: '' });
    writeFileSync(bytesPath(lab.source, Buffer.from([0x66, 0xff])), 'x');
    writeFileSync(bytesPath(lab.source, Buffer.from([0x66, 0xfe])), 'y');
    writeFileSync(lab.path('.holdfastignore'), Buffer.from([0x66, 0xff]));
    expect(await taken(lab, {})).toEqual(['.holdfastignore', 'a', 'f\ufffd']);
    expect(await taken(lab, { exclude: ['f?'] })).toEqual(['.holdfastignore', 'a']);
  });

  it('can leave out files by their size, at the limit none', async () => {
    const lab = new Lab({ '2': '12', '3': '123', '4': '1234', folder: null, link: '-> 2' });
    expect(await taken(lab, { excludeLargerThanBytes: 3 })).toEqual(['2', '3', 'folder', 'link']);
    expect(await taken(lab, { excludeSmallerThanBytes: 3 })).toEqual(['3', '4', 'folder', 'link']);
  });
});

describe('.holdfastignore', () => {
  it('may be a symlink to rules kept elsewhere', async () => {
    const lab = new Lab({ a: '', b: '' });
    const rules = join(scratch(), 'rules');
    writeFileSync(rules, 'a\n');
    symlinkSync(rules, lab.path('.holdfastignore'));
    expect(await taken(lab, {})).toEqual(['.holdfastignore', 'b']);
  });

  it.each<[string, (path: string) => void]>([
    ['a folder', (path) => mkdirSync(path)],
    ['a pipe', (path) => void execFileSync('mkfifo', [path])],
    ['a link to nowhere', (path) => symlinkSync('nowhere', path)],
    ['larger than any list of rules', (path) => writeFileSync(path, Buffer.alloc(4 * 1024 * 1024 + 1, 'a\n'))],
  ])('that is %s is a problem, and leaves out nothing', async (_, make) => {
    const lab = new Lab({ a: '' });
    make(lab.path('.holdfastignore'));
    const summary = await lab.backup();
    const problems = summary.problems.filter(({ code }) => code === 'RULES_UNREADABLE');
    expect(problems).toMatchObject([{ path: 'data/.holdfastignore' }]);
    expect(await pathsIn(lab)).toContain('data/a');
  });
});

describe('a folder marked as a cache', () => {
  const TAG = 'Signature: 8a477f597d28d172789f06886806bc55\n# made by a program';

  it('keeps of what is in it the mark only, wherever it lies in a source', async () => {
    const lab = new Lab({ 'c/CACHEDIR.TAG': TAG, 'c/a': '', 'c/d/e': '', 'x/y/CACHEDIR.TAG': TAG, 'x/y/z': '', b: '' });
    const summary = await lab.backup();
    expect(summary).toMatchObject({ problemCount: 0, leftOut: { cache: 2 } });
    const kept = ['b', 'c', 'c/CACHEDIR.TAG', 'x', 'x/y', 'x/y/CACHEDIR.TAG'];
    expect(await pathsIn(lab)).toEqual(['data', ...kept.map((path) => `data/${path}`)]);
    expect(await taken(lab, { takeCaches: true })).toContain('c/d/e');
  });

  it('is marked by a regular file that begins with the signature, and by nothing else', async () => {
    const lab = new Lab({
      'short/CACHEDIR.TAG': TAG.slice(0, 20),
      'other/CACHEDIR.TAG': `x${TAG}`,
      'folder/CACHEDIR.TAG/a': '',
      'link/CACHEDIR.TAG': '-> ../tag',
      tag: TAG,
    });
    for (const name of ['short', 'other', 'folder', 'link']) writeFileSync(lab.path(`${name}/kept`), 'x');
    const all = await taken(lab, {});
    for (const name of ['short', 'other', 'folder', 'link']) expect(all).toContain(`${name}/kept`);
  });

  it('is none where it is itself the source', async () => {
    const lab = new Lab({ 'CACHEDIR.TAG': TAG, a: '' });
    expect(await taken(lab, {})).toEqual(['CACHEDIR.TAG', 'a']);
  });

  it('can be left out as a whole by a rule, and its mark too', async () => {
    const lab = new Lab({ 'c/CACHEDIR.TAG': TAG, 'c/a': '', b: '' });
    expect(await taken(lab, { exclude: ['c'] })).toEqual(['b']);
    expect(await taken(lab, { exclude: ['CACHEDIR.TAG'] })).toEqual(['b', 'c']);
    expect(await taken(lab, { include: ['b'] })).toEqual(['b']);
  });
});

describe('rules that change', () => {
  it('drop what they leave out from the next snapshot, and nothing that stays is read again', async () => {
    const lab = new Lab({ a: '1', b: '2', 'c/d': '3' });
    await lab.backup();
    expect(await lab.backup(choosing(lab, { exclude: ['b'] }))).toMatchObject({
      readFiles: 0,
      leftOut: { excluded: 1 },
    });
    expect(await pathsIn(lab)).toEqual(['data', 'data/a', 'data/c', 'data/c/d']);
    expect(await lab.backup(choosing(lab, { exclude: ['b'], excludeLargerThanBytes: 100 }))).toMatchObject({
      readFiles: 0,
    });
    // What comes back in is no version that anybody knows.
    expect(await lab.backup()).toMatchObject({ readFiles: 1, leftOut: {} });
    expect(await pathsIn(lab)).toContain('data/b');
  });
});

const canMount = process.platform === 'linux' && mountWorks();
if (!canMount) console.error('NOT RUN: --one-file-system on a real mount (it takes Linux, and the right to mount)');

function mountWorks(): boolean {
  const point = scratch();
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', point]).status === 0;
  if (isMounted) execFileSync('umount', [point]);
  return isMounted;
}

describe.runIf(canMount)('one file system', () => {
  it('keeps the folder on which another is mounted, and nothing of what is in it', async () => {
    const lab = new Lab({ a: '', mounted: null });
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', lab.path('mounted')]);
    try {
      writeFileSync(lab.path('mounted/b'), 'x');
      expect(await taken(lab, {})).toEqual(['a', 'mounted', 'mounted/b']);
      expect(await taken(lab, { oneFileSystem: true })).toEqual(['a', 'mounted']);
    } finally {
      execFileSync('umount', [lab.path('mounted')]);
      rmSync(lab.path('mounted'), { recursive: true });
    }
  });
});
