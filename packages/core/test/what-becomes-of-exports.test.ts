import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type BackupOptions,
  type BackupTarget,
  diff,
  exportSnapshot,
  findPaths,
  isRefused,
  listSnapshots,
  mirror,
  showSnapshot,
  verify,
} from '../src/index.js';
import { memoryStore, memoryTarget } from '../src/testing/index.js';
import { bookInspector } from './book-inspector.js';
import { Lab } from './lab.js';
import { all, treeOf } from './workspace.js';

const BOOK = 'BOOK\n# One\n1,2\n# Two\n3\n';

const asked = (lab: Lab): Partial<BackupOptions> => ({
  sources: [{ path: lab.source, name: 'data', exports: ['csv'] }],
  inspectors: [bookInspector()],
});

async function exportsIn(target: BackupTarget, which?: string): Promise<string[]> {
  const shown = await showSnapshot({ target, which });
  try {
    const items = await all(shown.entries());
    return items.flatMap((item) =>
      !isRefused(item) && item.entry.exportOf !== undefined && item.entry.type === 'file' ? [item.entry.path] : [],
    );
  } finally {
    await shown.close();
  }
}

async function labWithExports(): Promise<Lab> {
  const lab = new Lab({ 'data.book': BOOK, 'sub/more.book': BOOK });
  await lab.backup(asked(lab));
  return lab;
}

const EXPORTS = [
  'data_backup.Two.csv',
  'data_backup.csv',
  'data_backup/sub/more_backup.Two.csv',
  'data_backup/sub/more_backup.csv',
];

describe('exports', () => {
  it('are restored only when they are named', async () => {
    const lab = await labWithExports();
    const restored = async (patterns: readonly string[]) => {
      const { into, problems, restoredFiles } = await lab.restore({ patterns });
      expect(problems).toEqual([]);
      const files = Object.entries(treeOf(into)).filter(([, what]) => what.startsWith('file'));
      expect(files).toHaveLength(restoredFiles);
      return files.map(([path]) => path);
    };
    const files = ['data/data.book', 'data/sub/more.book'];
    for (const patterns of [[], ['/'], ['**'], ['*']]) expect(await restored(patterns)).toEqual(files);
    expect(await restored(['data_backup.csv'])).toEqual(['data_backup.csv']);
    expect(await restored(['/data_backup/'])).toEqual(EXPORTS.slice(2));
    expect((await restored(['*.csv'])).sort()).toEqual(EXPORTS);
    expect(await restored(['data/**'])).toEqual(files);
  });

  it('have no place to go back to, and deleting knows nothing of them', async () => {
    const lab = await labWithExports();
    const named = await lab.restoreInPlace({ patterns: ['data_backup.csv', 'data.book'] });
    expect(named.problems.map(({ path }) => path)).toEqual(['data_backup.csv']);
    rmSync(lab.path('data.book'));
    writeFileSync(lab.path('data_backup.csv'), 'a file of the user');
    const back = await lab.restoreInPlace({ delete: true });
    expect(back).toMatchObject({ problemCount: 0, restoredFiles: 1, deleted: 1 });
  });

  it('are no difference between snapshots, nor to the live files', async () => {
    const lab = await labWithExports();
    const [first] = await all(listSnapshots({ target: lab.target }));
    await lab.backup();
    for (const after of ['latest', { stateDirectory: lab.state }]) {
      const { summary, close } = await diff({ target: lab.target, before: first?.id, after });
      await close();
      expect(summary).toMatchObject({ equal: true, unchanged: 4 });
    }
  });

  it('go with their snapshot to a mirror and to an archive, and come as the same', async () => {
    const lab = await labWithExports();
    const to = memoryTarget({ url: 'memory:to', store: memoryStore() });
    expect(await mirror({ from: lab.target, to })).toMatchObject({ equal: true, copiedFiles: 6 });
    expect(await exportsIn(to)).toEqual(EXPORTS);
    expect(await verify({ target: to, data: true })).toMatchObject({ problemCount: 0, files: 6 });
    const whole = memoryTarget({ url: 'memory:whole' });
    expect(await exportSnapshot({ from: lab.target, to: whole })).toMatchObject({ part: false });
    expect(await exportsIn(whole)).toEqual(EXPORTS);
    const some = memoryTarget({ url: 'memory:some' });
    expect(await exportSnapshot({ from: lab.target, to: some, patterns: ['*.csv', 'data.book'] })).toMatchObject({
      part: true,
    });
    const [listed] = await all(listSnapshots({ target: some }));
    expect(listed).toMatchObject({ record: { payload: { counts: { files: 1, exports: 4 } } } });
    expect(await verify({ target: some, data: true })).toMatchObject({ problemCount: 0 });
  });

  it('are found by name, with the file and the source that they are of', async () => {
    const lab = await labWithExports();
    const { found } = await findPaths({ target: lab.target, patterns: ['data_backup.csv'] });
    const [{ sourceId = '', versions = [] } = {}] = found;
    const [listed] = await all(listSnapshots({ target: lab.target }));
    expect(listed).toMatchObject({ record: { payload: { sources: [{ id: sourceId }] } } });
    expect(versions[0]?.entry).toMatchObject({ exportOf: 'data/data.book', part: { index: 0, name: 'One' } });
  });

  it('are damaged where their bytes are, like any file', async () => {
    const lab = await labWithExports();
    for (const [key, object] of lab.store.objects)
      if (key.endsWith('/data_backup.csv'))
        lab.store.objects.set(key, { ...object, bytes: Buffer.from('guarded,9,9\n') });
    const { problems } = await verify({ target: lab.target, data: true });
    expect(problems.map(({ code, path }) => [code, path])).toEqual([['DAMAGED', 'data_backup.csv']]);
  });
});

describe('an export whose name a target cannot carry', () => {
  it('is stored under an alias there, and is found, checked and copied as what it is', async () => {
    const deep = 'a folder of a long name/'.repeat(8);
    const lab = new Lab({ [`${deep}data.book`]: BOOK }, { capabilities: { maxKeyBytes: 250 } });
    const { snapshotId } = await lab.backup(asked(lab));
    const aliases = [...lab.store.objects.keys()].filter((key) => key.includes('/.holdfast/alias/'));
    expect(aliases.length).toBeGreaterThan(0);
    expect(await verify({ target: lab.target, data: true })).toMatchObject({ problemCount: 0, files: 3 });
    const text = Buffer.from(lab.store.objects.get(`${snapshotId}/.holdfast/RESTORE.txt`)?.bytes ?? []).toString();
    expect(text).toContain(`data_backup/${deep}data_backup.Two.csv`);
    expect(text).toMatch(/exports +2 \(22 bytes\)/);
    const to = memoryTarget({ url: 'memory:to' });
    expect(await mirror({ from: lab.target, to })).toMatchObject({ equal: true });
    expect(await exportsIn(to)).toEqual([
      `data_backup/${deep}data_backup.Two.csv`,
      `data_backup/${deep}data_backup.csv`,
    ]);
    // And again, shared with the alias of the parent.
    expect(await lab.backup(asked(lab))).toMatchObject({ problemCount: 0, counts: { exports: 2 } });
    expect(await verify({ target: lab.target, data: true })).toMatchObject({ problemCount: 0 });
  });
});

describe('a backup with exports to several targets', () => {
  it('brings what one of them has from its parent to one that is new, without asking the inspector', async () => {
    const lab = await labWithExports();
    const newTarget = memoryTarget({ url: 'memory:new', store: memoryStore() });
    let inspected = 0;
    const inspectors = [bookInspector({ onInspect: () => (inspected += 1) })];
    const both = await lab.backup({ ...asked(lab), inspectors, targets: [lab.target, newTarget] });
    expect(both).toMatchObject({ problemCount: 0, counts: { exports: 4 } });
    expect(inspected).toBe(0);
    for (const target of [lab.target, newTarget]) {
      expect(await verify({ target, data: true })).toMatchObject({ problemCount: 0 });
      expect(await exportsIn(target, both.snapshotId)).toEqual(EXPORTS);
    }
  });

  it('makes an export anew where the one of the parent is damaged', async () => {
    const lab = await labWithExports();
    for (const key of [...lab.store.objects.keys()]) {
      if (key.endsWith('/data_backup.csv')) lab.store.objects.delete(key);
    }
    const both = await lab.backup({ ...asked(lab), targets: [lab.target, memoryTarget({ url: 'memory:new' })] });
    expect(both).toMatchObject({ problemCount: 0, counts: { exports: 4 } });
    expect(await verify({ target: lab.target, which: both.snapshotId, data: true })).toMatchObject({ problemCount: 0 });
  });

  it('knows what was where nothing can be copied within the target', async () => {
    const lab = new Lab({ 'data.book': BOOK }, { capabilities: { copy: false } });
    await lab.backup(asked(lab));
    let inspected = 0;
    const inspectors = [bookInspector({ onInspect: () => (inspected += 1) })];
    const again = await lab.backup({ ...asked(lab), inspectors });
    expect(again).toMatchObject({ problemCount: 0, counts: { exports: 2 }, contents: { sound: 1 } });
    expect(inspected).toBe(0);
    writeFileSync(lab.path('data.book'), 'ruined');
    expect((await lab.backup(asked(lab))).flags).toEqual(['suspect']);
    expect(await verify({ target: lab.target, data: true })).toMatchObject({ problemCount: 0 });
  });
});
