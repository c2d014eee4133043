import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type BackupOptions, type Entry, isRefused, verify } from '../src/index.js';
import { bookInspector } from './book-inspector.js';
import { Lab } from './lab.js';
import { dump } from './workspace.js';

const BOOK = 'BOOK\n# One\n1,2\n# Two\n3\n';

function asked(lab: Lab, options: Partial<BackupOptions> = {}): Partial<BackupOptions> {
  return { sources: [{ path: lab.source, name: 'data', exports: ['csv'] }], inspectors: [bookInspector()], ...options };
}

async function entriesOf(lab: Lab): Promise<Entry[]> {
  return (await lab.entries()).map((item) => {
    if (isRefused(item)) throw new Error(`${item.path} is refused: ${item.reason}`);
    return item.entry;
  });
}

function contentAt(lab: Lab, id: string, key: string): string | undefined {
  const object = lab.store.objects.get(`${id}/${key}`);
  return object === undefined ? undefined : Buffer.from(object.bytes).toString();
}

describe('a backup that is asked for exports', () => {
  it('stores facts in the manifest, and exports beside the files, proven like them', async () => {
    const lab = new Lab({ 'data.book': BOOK, 'sub/data.book': BOOK, 'other.txt': 'other' });
    const summary = await lab.backup(asked(lab));
    expect(summary).toMatchObject({
      problemCount: 0,
      flags: [],
      contents: { sound: 2, broken: 0, opaque: 0, suspect: 0 },
    });
    expect(summary.counts).toMatchObject({ files: 3, directories: 2, exports: 4 });
    expect(summary.targets[0]).toMatchObject({ storedFiles: 3 });
    const entries = await entriesOf(lab);
    expect(entries.map(({ path, exportOf }) => [path, exportOf])).toEqual([
      ['data', undefined],
      ['data/data.book', undefined],
      ['data/other.txt', undefined],
      ['data/sub', undefined],
      ['data/sub/data.book', undefined],
      ['data_backup.Two.csv', 'data/data.book'],
      ['data_backup.csv', 'data/data.book'],
      ['data_backup', 'data'],
      ['data_backup/sub', 'data/sub'],
      ['data_backup/sub/data_backup.Two.csv', 'data/sub/data.book'],
      ['data_backup/sub/data_backup.csv', 'data/sub/data.book'],
    ]);
    expect(entries[1]).toMatchObject({
      content: {
        kind: 'book',
        version: 1,
        status: 'sound',
        facts: { sheets: 2 },
        exports: { formats: ['csv'], parts: 2 },
      },
    });
    expect(contentAt(lab, summary.snapshotId, 'data_backup.csv')).toBe('guarded,1,2\n');
    expect(contentAt(lab, summary.snapshotId, 'data_backup/sub/data_backup.Two.csv')).toBe('guarded,3\n');
    expect(await verify({ target: lab.target, data: true })).toMatchObject({ problemCount: 0 });
    const folder = `${dump(lab.store)}/${summary.snapshotId}`;
    const sums = execFileSync('sha256sum', ['-c', '.holdfast/SHA256SUMS'], { cwd: folder, encoding: 'utf8' });
    expect(sums.split('\n').filter((line) => line.endsWith('_backup.csv: OK'))).toHaveLength(2);
  });

  it('parses nothing where it is not asked', async () => {
    const lab = new Lab({ 'data.book': BOOK });
    let inspected = 0;
    const inspectors = [bookInspector({ onInspect: () => (inspected += 1) })];
    const summary = await lab.backup({ inspectors });
    expect([inspected, summary.contents, summary.counts.exports]).toEqual([0, undefined, undefined]);
  });

  it('takes facts and exports of an unchanged file from the parent, without reading it', async () => {
    const lab = new Lab({ 'data.book': BOOK });
    await lab.backup(asked(lab));
    const first = await entriesOf(lab);
    let inspected = 0;
    const inspectors = [bookInspector({ onInspect: () => (inspected += 1) })];
    const again = await lab.backup(asked(lab, { inspectors }));
    expect([inspected, again.readFiles]).toEqual([0, 0]);
    expect(await entriesOf(lab)).toEqual(first);
    expect((await verify({ target: lab.target, data: true })).problems).toEqual([]);
    // Another version may say other things; and other exports are wanted.
    await lab.backup(asked(lab, { inspectors: [bookInspector({ version: 2, onInspect: () => (inspected += 1) })] }));
    expect(inspected).toBe(1);
    await lab.backup(asked(lab, { inspectors, rawExports: true }));
    expect(inspected).toBe(2);
  });

  it('flags a snapshot in which a content is broken that was sound', async () => {
    const lab = new Lab({ 'data.book': BOOK, 'bad.book': 'no book' });
    const first = await lab.backup(asked(lab));
    expect(first).toMatchObject({ problemCount: 0, flags: [], contents: { sound: 1, broken: 1 } });
    expect(first.notes.map(({ code }) => code)).toContain('CONTENT_BROKEN');
    writeFileSync(lab.path('data.book'), 'ruined');
    const second = await lab.backup(asked(lab));
    expect(second).toMatchObject({ flags: ['suspect'], contents: { broken: 2, suspect: 1 } });
    expect(second.problems.map(({ code, path }) => [code, path])).toEqual([['SUSPECT', 'data/data.book']]);
    expect((await lab.backup(asked(lab))).flags).toEqual([]);
  });
});
