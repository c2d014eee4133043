import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isHoldfastError, isRefused, listSnapshots } from '../src/index.js';
import { memoryTarget } from '../src/testing/index.js';
import { Lab } from './lab.js';
import { all, plant, scratch, treeOf } from './workspace.js';

/** The code of the error that this rejects with. */
async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isHoldfastError(error) ? error.code : `not the error expected: ${String(error)}`;
}

describe('a source that is missing', () => {
  it('among others: is named, the snapshot of the others is made, and flagged', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    const gone = join(lab.source, '../holdfast-not-there');
    const summary = await lab.backup({
      sources: [
        { path: lab.source, name: 'data' },
        { path: gone, name: 'gone' },
      ],
    });
    expect(summary.problems).toMatchObject([{ code: 'SOURCE_MISSING' }]);
    expect(summary).toMatchObject({
      flags: ['incomplete'],
      counts: { files: 1, skipped: 1 },
      targets: [{ committed: true }],
    });
    expect(summary.sources.map(({ name, type }) => `${name} ${type}`)).toEqual(['data directory', 'gone missing']);
    const { into } = await lab.restore();
    expect(Object.keys(treeOf(into))).toEqual(['data', 'data/a.txt']);
  });

  it('alone: is an error, and nothing is made', async () => {
    const lab = new Lab();
    expect(await codeOf(lab.backup({ sources: [{ path: '/holdfast/not/there' }] }))).toBe('SOURCE_MISSING');
    expect(await codeOf(lab.backup({ sources: [] }))).toBe('SOURCE_MISSING');
    expect(lab.store.objects.size).toBe(0);
  });

  it('because it is a dangling link: is missing', async () => {
    const lab = new Lab();
    symlinkSync('nowhere', lab.path('dangling'));
    expect(await codeOf(lab.backup({ sources: [{ path: lab.path('dangling') }] }))).toBe('SOURCE_MISSING');
  });
});

describe('a source that holds nothing', () => {
  it('is stored, named, and flagged as incomplete: perhaps a disk is not mounted', async () => {
    const lab = new Lab();
    const summary = await lab.backup();
    expect(summary.flags).toEqual(['incomplete']);
    expect(summary.problems).toMatchObject([{ code: 'SOURCE_EMPTY', path: lab.source }]);
    expect(summary).toMatchObject({ counts: { files: 0, directories: 1, skipped: 0 }, targets: [{ committed: true }] });
  });

  it('but an empty folder is no empty source', async () => {
    expect((await new Lab({ inner: null }).backup()).problems).toEqual([]);
  });

  it('because it is one pipe: is named, and the snapshot is flagged', async () => {
    const lab = new Lab();
    spawnSync('mkfifo', [lab.path('pipe')]);
    const summary = await lab.backup({ sources: [{ path: lab.path('pipe') }] });
    expect(summary.problems).toMatchObject([{ code: 'SPECIAL_FILE', path: 'pipe' }]);
    expect(summary.flags).toEqual(['incomplete']);
  });
});

describe('names of sources', () => {
  it.each<[string, (lab: Lab) => { path: string; name?: string }[]]>([
    [
      'two of one name',
      (lab) => [
        { path: lab.source, name: 'x' },
        { path: lab.path('a'), name: 'x' },
      ],
    ],
    ['a file and a folder of one name', (lab) => [{ path: lab.path('a') }, { path: lab.source, name: 'a' }]],
    ['the name of our own folder', (lab) => [{ path: lab.source, name: '.holdfast' }]],
    ['the name of our own folder in another case', (lab) => [{ path: lab.source, name: '.HoldFast' }]],
    ['the name of our own folder in a restore', (lab) => [{ path: lab.source, name: '.holdfast-restore' }]],
    ['a slash', (lab) => [{ path: lab.source, name: 'a/b' }]],
    ['a backslash', (lab) => [{ path: lab.source, name: 'a\\b' }]],
    ['dots', (lab) => [{ path: lab.source, name: '..' }]],
    ['nothing', (lab) => [{ path: lab.source, name: '' }]],
    ['a root without a name', () => [{ path: '/' }]],
  ])('cannot be %s', async (_, sources) => {
    const lab = new Lab({ a: 'a' });
    expect(await codeOf(lab.backup({ sources: sources(lab) }))).toBe('SOURCE_NAME');
    expect(lab.store.objects.size).toBe(0);
  });

  it('may differ in case, also on a target that does not tell them apart', async () => {
    const lab = new Lab({ a: 'a' }, { capabilities: { caseSensitiveKeys: false } });
    const other = scratch();
    plant(other, { b: 'b' });
    await lab.backup({
      sources: [
        { path: lab.source, name: 'Data' },
        { path: other, name: 'data' },
      ],
    });
    const { into } = await lab.restore();
    expect(Object.keys(treeOf(into))).toEqual(['Data', 'Data/a', 'data', 'data/b']);
  });
});

describe('the target and the source', () => {
  it('a target inside the source is left out, and that is said', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'backups/old/x': 'x', 'z.txt': 'z' });
    const target = memoryTarget({ localPaths: [lab.path('backups')] });
    const summary = await lab.backup({ targets: [target] });
    expect(summary.notes.map(({ code }) => code)).toContain('TARGET_LEFT_OUT');
    expect(summary.problems).toEqual([]);
    const { into } = await lab.restore({ target });
    expect(Object.keys(treeOf(join(into, 'data')))).toEqual(['a.txt', 'z.txt']);
  });

  it('a target of which only one file lies in the source: that file is left out', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'backup.zip': 'zip' });
    const target = memoryTarget({ localPaths: [lab.path('backup.zip')] });
    await lab.backup({ targets: [target] });
    const { into } = await lab.restore({ target });
    expect(Object.keys(treeOf(join(into, 'data')))).toEqual(['a.txt']);
  });

  it('a source inside the target is refused before anything is written', async () => {
    const lab = new Lab({ 'a/b': 'b' });
    for (const place of [lab.source, lab.path('a')]) {
      const target = memoryTarget({ store: lab.store, localPaths: [place] });
      const sources = [{ path: lab.path('a'), name: 'data' }];
      expect(await codeOf(lab.backup({ targets: [target], sources }))).toBe('SOURCE_INSIDE_TARGET');
    }
    expect(lab.store.objects.size).toBe(0);
  });

  it('a folder whose name only begins like the target is no part of it', async () => {
    const lab = new Lab({ 'backups-old/x': 'x', backups: null });
    const target = memoryTarget({ localPaths: [lab.path('backups')] });
    await lab.backup({ targets: [target] });
    const { into } = await lab.restore({ target });
    expect(Object.keys(treeOf(join(into, 'data')))).toEqual(['backups-old', 'backups-old/x']);
  });

  it('a state folder inside the source is left out, also when it is made by this very backup, under a link', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    const alias = join(scratch(), 'alias');
    symlinkSync(lab.source, alias);
    const summary = await lab.backup({ stateDirectory: join(alias, 'state') });
    expect(summary.notes.map(({ code }) => code)).toContain('STATE_LEFT_OUT');
    const { into } = await lab.restore();
    expect(Object.keys(treeOf(join(into, 'data')))).toEqual(['a.txt']);
  });
});

describe('a state folder', () => {
  it('that cannot be made is an error that says so, and nothing is stored', async () => {
    const lab = new Lab({ file: 'not a folder' });
    expect(await codeOf(lab.backup({ stateDirectory: join(lab.path('file'), 'state') }))).toBe('STATE');
    expect(lab.store.objects.size).toBe(0);
  });

  it('that can no longer be written at the end is a note: the snapshot stands', async () => {
    const lab = new Lab({ a: 'a' });
    const summary = await lab.backup({
      onEvent: (event) => {
        if (event.type !== 'committed') return;
        rmSync(lab.state, { recursive: true });
        plant(join(lab.state, '..'), { [lab.state.slice(lab.state.lastIndexOf('/') + 1)]: 'a file in its place' });
      },
    });
    expect(summary).toMatchObject({ problemCount: 0, targets: [{ committed: true }] });
    expect(summary.notes.map(({ code }) => code)).toContain('STATE_UNUSABLE');
  });
});

describe('a place that holds other things', () => {
  it('is refused as a target without a word of consent, and nothing is written', async () => {
    const lab = new Lab({ a: 'a' });
    lab.store.objects.set('photos/one.jpg', { bytes: new Uint8Array(3), attributes: {}, listedFromMs: 0 });
    expect(await codeOf(lab.backup())).toBe('TARGET_NOT_EMPTY');
    expect([...lab.store.objects.keys()]).toEqual(['photos/one.jpg']);
    expect((await lab.backup({ adoptPlace: true })).targets[0]?.committed).toBe(true);
    expect(await all(listSnapshots({ target: lab.target }))).toHaveLength(1);
    expect((await lab.backup()).problems).toEqual([]);
  });
});

describe('what must not be read', () => {
  it('an unreadable file or folder is named, skipped and counted; the run goes on', () => {
    const lab = new Lab({
      'a.txt': 'a',
      'secret.txt': 's',
      'closed/inside.txt': 'i',
      'list only/x': 'x',
      'z.txt': 'z',
    });
    mkdirSync(lab.path('out'));
    chmodSync(lab.source, 0o777);
    for (const folder of [lab.state, lab.path('out')]) chmodSync(folder, 0o777);
    chmodSync(lab.path('secret.txt'), 0o000);
    chmodSync(lab.path('closed'), 0o000);
    chmodSync(lab.path('list only'), 0o444);
    // Root reads everything, so a child of no rights does it; it prints what came of it.
    const child = spawnSync(
      process.execPath,
      [join(import.meta.dirname, 'without-rights.mjs'), lab.source, lab.state],
      {
        encoding: 'utf8',
      },
    );
    expect(child.stderr).toBe('');
    const { problems, counts, flags, paths } = JSON.parse(child.stdout) as Record<string, unknown>;
    expect(problems).toEqual([
      'UNREADABLE data/closed: its folder could not be read: permission denied',
      'UNREADABLE data/list only/x: it could not be looked at: permission denied',
      'UNREADABLE data/secret.txt: it could not be read: permission denied',
    ]);
    expect(counts).toMatchObject({ files: 2, directories: 4, skipped: 3 });
    expect(flags).toEqual(['incomplete']);
    expect(paths).toEqual(['data', 'data/a.txt', 'data/closed', 'data/list only', 'data/out', 'data/z.txt']);
  });
});

describe('an entry of a manifest', () => {
  it('says what was found, and no more: type, path, mode, times, owner, and of a file size, hash and steadiness', async () => {
    const lab = new Lab({ a: 'a' });
    await lab.backup();
    const [, file] = await lab.entries();
    if (file === undefined || isRefused(file)) throw new Error('no file');
    expect(Object.keys(file.entry).sort()).toEqual([
      'gid',
      'mode',
      'mtimeNs',
      'path',
      'sha256',
      'sizeBytes',
      'stable',
      'type',
      'uid',
    ]);
  });
});
