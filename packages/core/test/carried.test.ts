import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wrapBatch, wrapTarget } from '../src/decorators/index.js';
import {
  type BackupOptions,
  type BackupSummary,
  type Entry,
  isHoldfastError,
  isRefused,
  verify,
} from '../src/index.js';
import { fails, faultPlan, faultyTarget, memoryStore, memoryTarget, targetFault } from '../src/testing/index.js';
import { bookInspector } from './book-inspector.js';
import { Lab } from './lab.js';
import { type Planting, plant, scratch, treeOf } from './workspace.js';

const BOOK = 'BOOK\n# One\n1,2\n# Two\n3\n';
/** A place that holds one snapshot, as a folder for a program's own backups does. */
const ONE = { capabilities: { append: false, delete: false, ownObjects: false, oneRoot: 'replaced' } } as const;

/** Two sources, `book` and `npy`, and a place for one snapshot of them. */
class Pair extends Lab {
  readonly npy: string = scratch();

  constructor(
    files: { readonly book?: Planting; readonly npy?: Planting } = {},
    options: ConstructorParameters<typeof Lab>[1] = ONE,
  ) {
    super(files.book ?? { 'data.book': BOOK }, options);
    plant(this.npy, files.npy ?? { 'a.npy': 'a', 'sub/b.npy': 'b' });
  }

  get bookSource() {
    return { path: this.source, name: 'book', exports: ['csv'] };
  }

  get npySource() {
    return { path: this.npy, name: 'npy', exports: [] };
  }

  both(options: Partial<BackupOptions> = {}): Promise<BackupSummary> {
    return this.backup({ sources: [this.bookSource, this.npySource], inspectors: [bookInspector()], ...options });
  }

  bookOnly(options: Partial<BackupOptions> = {}): Promise<BackupSummary> {
    return this.both({ sources: [this.bookSource], carry: ['npy'], ...options });
  }

  npyOnly(options: Partial<BackupOptions> = {}): Promise<BackupSummary> {
    return this.both({ sources: [this.npySource], carry: ['book'], ...options });
  }

  async all(): Promise<Entry[]> {
    return (await this.entries()).map((item) => {
      if (isRefused(item)) throw new Error(`${item.path} is refused: ${item.reason}`);
      return item.entry;
    });
  }

  async restored() {
    return treeOf((await this.restore()).into);
  }
}

const fileOf = (text: string): string => `file 644 ${Buffer.from(text).toString('base64')}`;

describe('a backup that carries a source', () => {
  it('reads the others, and takes it over as it stood: its files, hashes, facts and exports', async () => {
    const pair = new Pair();
    const first = await pair.both();
    const before = await pair.all();
    rmSync(pair.source, { recursive: true });
    writeFileSync(join(pair.npy, 'a.npy'), 'changed');
    const second = await pair.npyOnly();
    expect(second).toMatchObject({
      problemCount: 0,
      flags: [],
      parent: first.snapshotId,
      readFiles: 1,
      carried: { files: 1, directories: 1, exports: 2 },
    });
    expect(second.counts).toEqual({ ...first.counts, bytes: first.counts.bytes + 'changed'.length - 1 });
    const after = await pair.all();
    const ofBook = (entries: Entry[]): Entry[] => entries.filter(({ path }) => path.startsWith('book'));
    expect(ofBook(after)).toEqual(ofBook(before));
    expect(ofBook(after).map(({ path, exportOf }) => [path, exportOf])).toEqual([
      ['book', undefined],
      ['book/data.book', undefined],
    ]);
    expect(after.map(({ path }) => path)).toEqual(before.map(({ path }) => path));
    expect(second.sources.find(({ name }) => name === 'book')).toEqual(
      first.sources.find(({ name }) => name === 'book'),
    );
    expect(await verify({ target: pair.target, data: true })).toMatchObject({ problemCount: 0 });
    expect(await pair.restored()).toMatchObject({
      'book/data.book': fileOf(BOOK),
      'npy/a.npy': fileOf('changed'),
      'npy/sub/b.npy': fileOf('b'),
    });
  });

  it('tells which files it carried, and reads nothing of them', async () => {
    const pair = new Pair();
    await pair.both();
    const told: string[] = [];
    await pair.bookOnly({
      onEvent: (event) => {
        if (event.type === 'file') told.push(`${event.action} ${event.path}`);
      },
    });
    expect(told.sort()).toEqual([
      'carried npy/a.npy',
      'carried npy/sub/b.npy',
      'exported data_backup.Two.csv',
      'exported data_backup.csv',
      'shared book/data.book',
    ]);
  });

  it('carries nothing from where nothing stands, or what stands has no such source', async () => {
    const pair = new Pair();
    const first = await pair.bookOnly();
    expect(first.carried).toBeUndefined();
    expect(Object.keys(await pair.restored())).toEqual(['book', 'book/data.book']);
    const second = await pair.bookOnly({ carry: ['npy', 'never'] });
    expect(second).toMatchObject({ problemCount: 0, flags: [], parent: first.snapshotId });
    expect(second.carried).toBeUndefined();
  });

  it('does not let another file be exported under the names that carried exports have', async () => {
    const pair = new Pair({ npy: { 'data.book': BOOK } });
    await pair.bookOnly();
    await pair.npyOnly({ sources: [{ ...pair.npySource, exports: ['csv'] }] });
    const exports = (await pair.all()).filter(({ type, exportOf }) => type === 'file' && exportOf !== undefined);
    expect(exports.map(({ path, exportOf }) => [path, exportOf])).toEqual([
      ['data_backup-2.csv', 'npy/data.book'],
      ['data_backup.Two-2.csv', 'npy/data.book'],
      ['data_backup.Two.csv', 'book/data.book'],
      ['data_backup.csv', 'book/data.book'],
    ]);
  });

  it('refuses a source that is to be read and carried, whatever the case of its name', async () => {
    const pair = new Pair();
    await pair.both();
    const error = await pair.bookOnly({ carry: ['Book'] }).catch((caught: unknown) => caught);
    expect(isHoldfastError(error, 'SOURCE_NAME')).toBe(true);
  });

  it('names what it cannot take over, and goes on: the snapshot says that it is incomplete', async () => {
    const pair = new Pair();
    const { snapshotId } = await pair.both();
    pair.store.objects.delete(`${snapshotId}/npy/sub/b.npy`);
    const second = await pair.bookOnly();
    expect(second).toMatchObject({ problemCount: 1, flags: ['incomplete'], carried: { files: 1, skipped: 1 } });
    expect(second.problems[0]).toMatchObject({ code: 'DAMAGED', path: 'npy/sub/b.npy' });
    expect(Object.keys(await pair.restored())).toEqual(['book', 'book/data.book', 'npy', 'npy/a.npy', 'npy/sub']);
  });

  it('calls the snapshot incomplete as long as what it carries may be, and no longer', async () => {
    const pair = new Pair();
    rmSync(pair.source, { recursive: true });
    expect((await pair.both()).flags).toEqual(['incomplete']);
    expect((await pair.npyOnly()).flags).toEqual(['incomplete']);
    plant(pair.source, { 'data.book': BOOK });
    expect((await pair.bookOnly()).flags).toEqual([]);
  });

  it('keeps a content that is suspect as that, until it is read again', async () => {
    const pair = new Pair();
    await pair.both();
    writeFileSync(join(pair.source, 'data.book'), 'broken');
    expect((await pair.both()).flags).toEqual(['suspect']);
    expect((await pair.npyOnly()).flags).toEqual(['suspect']);
    writeFileSync(join(pair.source, 'data.book'), BOOK);
    expect((await pair.bookOnly()).flags).toEqual([]);
  });

  it('numbers files of several names so that no two of the snapshot have one number', async () => {
    const pair = new Pair();
    linkSync(join(pair.npy, 'a.npy'), join(pair.npy, 'a-again.npy'));
    linkSync(join(pair.source, 'data.book'), join(pair.source, 'more.book'));
    await pair.both();
    for (const only of ['bookOnly', 'npyOnly'] as const) {
      await pair[only]();
      const numbers = new Map<number, string[]>();
      for (const entry of await pair.all()) {
        if (entry.type !== 'file' || entry.hardLink === undefined) continue;
        numbers.set(entry.hardLink, [...(numbers.get(entry.hardLink) ?? []), entry.path]);
      }
      expect([...numbers.values()].sort()).toEqual([
        ['book/data.book', 'book/more.book'],
        ['npy/a-again.npy', 'npy/a.npy'],
      ]);
    }
  });

  it('gives names that a target cannot tell apart keys of their own, as when they were read', async () => {
    const pair = new Pair(
      { npy: { 'a.npy': 'small', 'A.npy': 'LARGE', 'sub/b.npy': 'b' } },
      { capabilities: { ...ONE.capabilities, caseSensitiveKeys: false } },
    );
    await pair.both();
    const before = await pair.restored();
    await pair.bookOnly();
    expect(await pair.restored()).toEqual(before);
    expect((await pair.all()).filter((entry) => entry.type === 'file' && entry.key !== undefined)).toHaveLength(1);
    expect(await verify({ target: pair.target, data: true })).toMatchObject({ problemCount: 0 });
  });

  it('gives the same snapshot to a target that has nothing yet: it reads there what this one has', async () => {
    const pair = new Pair();
    await pair.both();
    rmSync(pair.npy, { recursive: true });
    const other = memoryStore();
    const second = await pair.bookOnly({ targets: [memoryTarget({ store: other }), pair.target] });
    expect(second.targets.map(({ committed, storedFiles }) => [committed, storedFiles])).toEqual([
      [true, 3],
      [true, 0],
    ]);
    const [left, right] = [await pair.entries(undefined, memoryTarget({ store: other })), await pair.entries()];
    expect(left).toEqual(right);
  });

  it('where snapshots stand side by side, takes over from the newest that has a source in common', async () => {
    const pair = new Pair({}, {});
    const first = await pair.both();
    plant(pair.npy, { 'a.npy': 'second' });
    await pair.both();
    const third = await pair.bookOnly();
    expect(third.carried).toMatchObject({ files: 2 });
    expect(await pair.restored()).toMatchObject({ 'npy/a.npy': fileOf('second') });
    expect(third.parent).not.toBe(first.snapshotId);
  });

  it('shares many files in a few calls', async () => {
    const files = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`f${index}.npy`, String(index)]));
    const pair = new Pair({ npy: files });
    await pair.both();
    const groups: number[] = [];
    const target = wrapTarget(pair.target, {
      async begin(options) {
        const batch = await pair.target.begin(options);
        return wrapBatch(batch, {
          copyAll(requests, call) {
            groups.push(requests.length);
            return batch.copyAll(requests, call);
          },
          put(key, source, call) {
            expect(key).not.toContain('/npy/');
            return batch.put(key, source, call);
          },
        });
      },
    });
    const { carried } = await pair.bookOnly({ targets: [target] });
    expect(carried).toMatchObject({ files: 600 });
    expect(groups.filter((length) => length > 1)).toEqual([256, 256, 88]);
  });

  it('leaves what stood, or the new one as a whole, whichever call of the target fails', async () => {
    const pair = new Pair();
    await pair.both();
    writeFileSync(join(pair.npy, 'a.npy'), 'changed');
    const objects = new Map(pair.store.objects);
    const log = faultPlan();
    await pair.npyOnly({ targets: [faultyTarget(pair.target, log)] });
    const calls = log.count();
    expect(calls).toBeGreaterThan(15);
    let kept = 0;
    for (let nth = 1; nth <= calls; nth += 1) {
      pair.store.objects.clear();
      for (const [key, object] of objects) pair.store.objects.set(key, object);
      const plan = faultPlan().on('any', fails(targetFault('UNAVAILABLE')), { nth });
      const failed = await pair.npyOnly({ targets: [faultyTarget(pair.target, plan)] }).then(
        () => false,
        () => true,
      );
      const expected = { 'book/data.book': fileOf(BOOK), 'npy/a.npy': fileOf(failed ? 'a' : 'changed') };
      expect(await pair.restored()).toMatchObject(expected);
      expect(await verify({ target: pair.target, data: true })).toMatchObject({ problemCount: 0 });
      expect(pair.store.staged.size).toBe(0);
      if (failed) kept += 1;
    }
    expect(kept).toBeGreaterThan(5);
  });
});
