import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  isHoldfastError,
  newestRestore,
  type RestoreOptions,
  type RestoreSummary,
  restore,
  undoRestore,
} from '../src/index.js';
import { memoryTarget } from '../src/testing/index.js';
import { Lab } from './lab.js';
import { scratch, treeOf } from './workspace.js';

/** A snapshot of a folder, `data`, and of a lone file, `book/day.txt`. */
async function taken(): Promise<Lab> {
  const lab = new Lab({ 'a.txt': 'a', 'sub/b.txt': 'b' });
  const file = join(scratch(), 'day.txt');
  writeFileSync(file, 'a day');
  await lab.backup({
    sources: [
      { path: lab.source, name: 'data' },
      { path: file, name: 'book' },
    ],
  });
  return lab;
}

const files = (folder: string): string[] => Object.keys(treeOf(folder)).sort();

function restoreTo(lab: Lab, to: Record<string, string>, options: Partial<RestoreOptions> = {}) {
  return restore({ target: lab.target, to, ...options });
}

describe('a restore to folders that are named for the sources', () => {
  it('puts what lies in a folder, and a lone file, where it is told, and leaves what else is there', async () => {
    const lab = await taken();
    const [one, other] = [scratch(), scratch()];
    writeFileSync(join(one, 'mine.txt'), 'mine');
    writeFileSync(join(one, 'a.txt'), 'another');
    chmodSync(one, 0o770);
    const summary = await restoreTo(lab, { data: one, book: join(other, 'new', 'folder') });
    expect(summary).toMatchObject({ problemCount: 0, restoredFiles: 3, replacedFiles: 1 });
    expect(files(one)).toEqual(['a.txt', 'mine.txt', 'sub', 'sub/b.txt']);
    expect(statSync(one).mode & 0o777).toBe(0o770);
    expect(readFileSync(join(one, 'a.txt'), 'utf8')).toBe('a');
    expect(readFileSync(join(other, 'new/folder/day.txt'), 'utf8')).toBe('a day');
  });

  it('may put both into one folder', async () => {
    const lab = await taken();
    const into = scratch();
    await restoreTo(lab, { data: into, book: into });
    expect(files(into)).toEqual(['a.txt', 'day.txt', 'sub', 'sub/b.txt']);
  });

  it('keeps what it replaces, and an undo brings that back', async () => {
    const lab = await taken();
    const into = scratch();
    writeFileSync(join(into, 'a.txt'), 'another');
    const before = treeOf(into);
    const { undoId } = await restoreTo(lab, { data: into }, { patterns: ['data/**'], stateDirectory: lab.state });
    expect(readFileSync(join(into, 'a.txt'), 'utf8')).toBe('a');
    expect(undoId).toBeDefined();
    const planned = newestRestore(lab.state);
    expect(planned?.id).toBe(undoId);
    if (planned !== undefined) await undoRestore({ stateDirectory: lab.state, planned });
    expect(treeOf(into)).toEqual(before);
  });

  it('asks first, and names what is chosen and has no folder', async () => {
    const lab = await taken();
    const into = scratch();
    const refusal = new Error('no');
    const confirm = async ({ places, inPlace }: { places: readonly string[]; inPlace: boolean }): Promise<void> => {
      expect({ places, inPlace }).toEqual({ places: [into], inPlace: true });
      throw refusal;
    };
    await expect(restoreTo(lab, { data: into }, { confirm })).rejects.toBe(refusal);
    expect(files(into)).toEqual([]);
    const { problems }: RestoreSummary = await restoreTo(lab, { data: into });
    expect(problems.map(({ path }) => path)).toEqual(['book', 'book/day.txt']);
  });

  it('writes nothing into the store, and takes no folder from the members that every object has', async () => {
    const store = scratch();
    const lab = await taken();
    mkdirSync(join(store, 'sub'));
    const target = memoryTarget({ store: lab.store, localPaths: [store] });
    const error = await restore({ target, to: { data: join(store, 'sub') } }).catch((caught: unknown) => caught);
    expect(isHoldfastError(error, 'DESTINATION')).toBe(true);
    expect(files(store)).toEqual(['sub']);
    await expect(restoreTo(lab, { data: store }, { delete: true })).rejects.toThrow(TypeError);
    await expect(restoreTo(lab, { data: store }, { into: store })).rejects.toThrow(TypeError);
  });
});
