import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { factsOf, type SyncPool, type WholeSyncSystem } from '../src/files/index.js';
import { interruptedRestores, isHoldfastError, type RestoreOptions } from '../src/index.js';
import { Lab } from './lab.js';
import { scratch, treeOf } from './workspace.js';

const STAGING = '.holdfast-restore';

/** A file or folder as it is made durable. */
interface Durable {
  readonly path: string;
  readonly mtimeMs: number;
  /** Of a folder: what is in it. */
  readonly names: readonly string[] | undefined;
  /** When that is done, the restore is noted as one that is under way. */
  readonly isNoted: boolean;
}

/** Watches what is made durable below a folder, by the descriptors that are flushed; each flush takes its time. */
function watch(lab: Lab, folder: string): { readonly durable: Durable[]; readonly pool: SyncPool } {
  const durable: Durable[] = [];
  const look = (descriptor: number): Omit<Durable, 'isNoted'> => {
    const address = `/proc/self/fd/${descriptor}`;
    const stats = statSync(address);
    const names = stats.isDirectory() ? readdirSync(address) : undefined;
    return { path: relative(folder, readlinkSync(address)), mtimeMs: stats.mtimeMs, names };
  };
  const sync = async (descriptor: number): Promise<void> => {
    // What the system calls a file that was linked and unlinked is its first name.
    const { ino } = statSync(`/proc/self/fd/${descriptor}`);
    const seen = look(descriptor);
    await delay(20);
    durable.push({ ...seen, path: seen.names === undefined ? pathOf(ino, folder) : seen.path, isNoted: isNoted(lab) });
  };
  return { durable, pool: { sync, close: async () => undefined } };
}

/** Is it this folder, or a file that came through its staging folder? */
function isIn(descriptor: number, folder: string): boolean {
  return `${readlinkSync(`/proc/self/fd/${descriptor}`)}/`.startsWith(`${folder}/`);
}

/** Where a file is below a folder. */
function pathOf(inode: number, folder: string): string {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return paths.find((path) => lstatSync(join(folder, path)).ino === inode) ?? `nowhere: ${inode}`;
}

function isNoted(lab: Lab): boolean {
  const folder = join(lab.state, 'restoring');
  return existsSync(folder) && readdirSync(folder).length > 0;
}

/** The file system and the system on which one flush stands for many. */
function wholeSync(syncWhole: WholeSyncSystem['syncWhole'], dirtyBytes = (): number => 0): Partial<RestoreOptions> {
  const system = {
    platform: 'linux',
    release: '6.1.0',
    syncVersion: async () => 'sync (GNU coreutils) 9.1',
    dirtyBytes,
    syncWhole,
  } as const;
  const ext = factsOf('ext', 'linux', { foldsCase: false, wholeSeconds: false });
  return { fileSystemOf: async () => ext, flushMeans: { system } };
}

const MANY = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`many/${index}`, String(index)]));

describe.runIf(process.platform === 'linux')(
  'what is restored in place is durable before it is said to be done',
  () => {
    it('each file and folder by itself: files as they are named, folders with all that is in them and with their own times', async () => {
      const lab = new Lab({ 'a/x.txt': 'x', 'a/b/y.txt': 'y', 'a/l': '-> x.txt', empty: null, 'kept.txt': 'kept' });
      await lab.backup();
      const tree = treeOf(lab.source);
      for (const name of ['a', 'empty']) rmSync(lab.path(name), { recursive: true });
      // As new it is compared, and a killed restore may have put it there.
      writeFileSync(lab.path('kept.txt'), 'kept');

      const { durable, pool } = watch(lab, lab.source);
      const { durableBy, problems } = await lab.restoreInPlace({ flushMeans: { way: 'fsync', pool } });
      expect([durableBy, problems]).toEqual(['fsync', []]);
      const flushes = durable.length;
      expect([isNoted(lab), treeOf(lab.source)]).toEqual([false, tree]);
      expect(durable.filter(({ isNoted }) => !isNoted)).toEqual([]);
      // The last flush of each counts: the top is flushed again when the staging folder has gone.
      const last = new Map(durable.map((flushed) => [flushed.path, flushed]));
      expect([...last.keys()].sort()).toEqual(['', 'a', 'a/b', 'a/b/y.txt', 'a/x.txt', 'empty', 'kept.txt']);
      for (const { path, mtimeMs, names } of last.values()) {
        const now = statSync(lab.path(path));
        expect({ path, mtimeMs }).toEqual({ path, mtimeMs: now.mtimeMs });
        expect(names).toEqual(now.isDirectory() ? readdirSync(lab.path(path)) : undefined);
      }
      await delay(50);
      expect(durable).toHaveLength(flushes);
    });

    it('a folder that something was deleted from, and a lone file with the folder that it lies in', async () => {
      const lab = new Lab({ 'a/x.txt': 'x' });
      const lone = join(scratch(), 'lone.txt');
      writeFileSync(lone, 'lone');
      await lab.backup({
        sources: [
          { path: lab.source, name: 'data' },
          { path: lone, name: 'lone.txt' },
        ],
      });
      writeFileSync(lab.path('a/extra.txt'), 'extra');
      rmSync(lone);
      const [folder, other] = [watch(lab, lab.source), watch(lab, dirname(lone))];
      const sync = (descriptor: number): Promise<void> =>
        (isIn(descriptor, dirname(lone)) ? other : folder).pool.sync(descriptor);
      await lab.restoreInPlace({
        delete: true,
        flushMeans: { way: 'fsync', pool: { sync, close: async () => undefined } },
      });
      const last = ({ durable }: typeof folder) => new Map(durable.map(({ path, names }) => [path, names]));
      expect(last(folder).get('a')).toEqual(['x.txt']);
      expect(last(other)).toEqual(
        new Map([
          ['lone.txt', undefined],
          ['', ['lone.txt']],
        ]),
      );
    });

    it('many small files by one flush of the file system, the last thing but to forget that it was under way', async () => {
      const lab = new Lab(MANY);
      await lab.backup();
      rmSync(lab.path('many'), { recursive: true });
      const seen: unknown[] = [];
      const means = wholeSync(async (path) => {
        await delay(20);
        seen.push([path, readdirSync(lab.path('many')).length, existsSync(lab.path(STAGING)), isNoted(lab)]);
      });
      expect((await lab.restoreInPlace(means)).durableBy).toBe('syncfs');
      expect(seen).toEqual([[lab.source, 300, false, true]]);
      expect(isNoted(lab)).toBe(false);
    });

    it('each by itself after all, files and folders, where one flush has become too dear meanwhile', async () => {
      const lab = new Lab({ ...MANY, other: null });
      await lab.backup();
      rmSync(lab.path('many'), { recursive: true });
      mkdirSync(lab.path('many'));
      const { durable, pool } = watch(lab, lab.source);
      let asked = 0;
      const means = wholeSync(
        async () => expect.unreachable('it was too dear'),
        () => (asked++ === 0 ? 0 : 2 ** 40),
      );
      const summary = await lab.restoreInPlace({ ...means, flushMeans: { ...means.flushMeans, pool } });
      expect(summary.durableBy).toBe('fsync');
      const paths = new Set(durable.map(({ path }) => path));
      for (const path of ['', 'many', 'other', ...Object.keys(MANY)]) expect(paths).toContain(path);
      expect(durable.every(({ isNoted }) => isNoted)).toBe(true);
    });

    it.each<[string, (sync: () => Promise<void>) => Partial<RestoreOptions>]>([
      ['by itself', (sync) => ({ flushMeans: { way: 'fsync', pool: { sync, close: async () => undefined } } })],
      ['with the file system', (sync) => wholeSync(sync)],
    ])('a flush that fails, of each %s, fails the restore, which stays announced', async (_, meansOf) => {
      const lab = new Lab(MANY);
      await lab.backup();
      rmSync(lab.path('many'), { recursive: true });
      const means = meansOf(() => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'fsync' })));
      const error: unknown = await lab.restoreInPlace(means).catch((reason: unknown) => reason);
      expect(isHoldfastError(error, 'DESTINATION') && error.message).toMatch(
        /may not be on the disk yet: the disk reports/,
      );
      expect(interruptedRestores(lab.state)).toHaveLength(1);
      expect((await lab.restoreInPlace()).problems).toEqual([]);
      expect(interruptedRestores(lab.state)).toEqual([]);
    });
  },
);

it.runIf(process.platform === 'linux')(
  'what is restored into a folder is durable with the folder, and what was made to hold it',
  async () => {
    const lab = new Lab({ 'a/x.txt': 'x' });
    await lab.backup();
    const into = join(scratch(), 'new');
    const { durable, pool } = watch(lab, into);
    await lab.restore({ into, flushMeans: { way: 'fsync', pool } });
    const last = new Map(durable.map(({ path, names }) => [path, names]));
    expect([...last].sort()).toEqual([
      ['', ['data']],
      ['data', ['a']],
      ['data/a', ['x.txt']],
      ['data/a/x.txt', undefined],
    ]);
  },
);
