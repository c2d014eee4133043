import { fstatSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FileFlusher, fileFlusher, SMALL_FILE_BYTES } from './file-flusher.js';
import type { FileSystemKind } from './file-system-facts.js';
import type { FileStep } from './step.js';
import type { SyncPool } from './sync-pool.js';
import { MAX_DIRTY_BYTES, type WholeSyncSystem } from './whole-sync.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-flusher-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A machine where one flush of the file system may stand for many: but for what is given. */
function systemLike(given: Partial<WholeSyncSystem> = {}) {
  const flushed: string[] = [];
  const system: WholeSyncSystem = {
    platform: 'linux',
    release: '5.8.0-1-generic',
    syncVersion: async () => 'sync (GNU coreutils) 9.1\n',
    dirtyBytes: () => MAX_DIRTY_BYTES - 1,
    syncWhole: async (path) => void flushed.push(path),
    ...given,
  };
  return { system, flushed };
}

/** Notes the descriptors that it is given, while they are open. */
function poolLike(fail?: (descriptor: number) => Error | undefined) {
  const synced: number[] = [];
  const pool: SyncPool = {
    async sync(descriptor) {
      fstatSync(descriptor);
      synced.push(descriptor);
      const error = fail?.(descriptor);
      if (error !== undefined) throw error;
    },
    close: async () => {},
  };
  return { pool, synced };
}

function write(name: string): { descriptor: number; path: string } {
  const path = join(folder, name);
  const descriptor = openSync(path, 'wx');
  writeSync(descriptor, name);
  return { descriptor, path };
}

async function addSmall(flusher: FileFlusher, count: number): Promise<number[]> {
  const descriptors: number[] = [];
  for (let index = 0; index < count; index++) {
    const { descriptor, path } = write(`small-${index}`);
    descriptors.push(descriptor);
    await flusher.add(descriptor, 10, path);
  }
  return descriptors;
}

function assertClosed(descriptors: readonly number[]): void {
  for (const descriptor of descriptors) expect(() => fstatSync(descriptor)).toThrow('EBADF');
}

const scope = () => ({ folder, paths: () => [] });

interface Run {
  readonly kind?: FileSystemKind;
  readonly way?: 'auto' | 'fsync';
  readonly system?: Partial<WholeSyncSystem>;
  readonly count?: number;
}

/** Writes small files, finishes, and says how they were made durable. */
async function run({
  kind = 'ext',
  way = 'auto',
  system,
  count = 257,
}: Run): Promise<{ way: string; fsyncs: number; whole: number }> {
  const [bent, { pool, synced }] = [systemLike(system), poolLike()];
  const flusher = fileFlusher({ kind, way, system: bent.system, pool });
  const descriptors = await addSmall(flusher, count);
  const done = await flusher.finish({
    folder,
    paths: () => descriptors.map((_, index) => join(folder, `small-${index}`)),
  });
  assertClosed(descriptors);
  return { way: done, fsyncs: synced.length, whole: bent.flushed.length };
}

const EACH = { way: 'fsync', fsyncs: 257, whole: 0 };
const WHOLE = { way: 'syncfs', fsyncs: 0, whole: 1 };

describe('one flush of the file system stands for more than 256 small files', () => {
  test.each(['ext', 'xfs', 'btrfs', 'zfs', 'f2fs'] as const)('on %s', async (kind) => {
    expect(await run({ kind })).toEqual(WHOLE);
  });
  test('from Linux 5.8, GNU coreutils, below 1 GiB to be written', async () => {
    expect(await run({ system: { release: '6.1.0' } })).toEqual(WHOLE);
  });
});

describe('each file is flushed by itself', () => {
  test('up to 256 files', async () => {
    expect(await run({ count: 256 })).toEqual({ way: 'fsync', fsyncs: 256, whole: 0 });
  });
  test.each(['tmpfs', 'fuse', 'fat', 'nfs', 'smb', 'overlay', 'unknown'] as const)('on %s', async (kind) => {
    expect(await run({ kind })).toEqual(EACH);
  });
  test.each(['5.7.19', '4.19.0', 'strange'])('on Linux %s', async (release) => {
    expect(await run({ system: { release } })).toEqual(EACH);
  });
  test.each(['darwin', 'win32', 'freebsd'] as const)('on %s', async (platform) => {
    expect(await run({ system: { platform } })).toEqual(EACH);
  });
  test.each(['', 'BusyBox v1.36', 'sync (uutils coreutils) 0.0.27'])('where sync says "%s"', async (version) => {
    expect(await run({ system: { syncVersion: async () => version } })).toEqual(EACH);
  });
  test('where too much of everybody waits to be written, or nobody knows how much', async () => {
    for (const dirty of [MAX_DIRTY_BYTES, undefined]) {
      expect(await run({ system: { dirtyBytes: () => dirty } })).toEqual(EACH);
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
    }
  });
  test('where it was asked for', async () => {
    expect(await run({ way: 'fsync' })).toEqual(EACH);
  });
  test('where too much has come to wait since the decision: found again, and flushed', async () => {
    let asked = 0;
    const dirtyBytes = () => (asked++ === 0 ? 0 : MAX_DIRTY_BYTES);
    expect(await run({ system: { dirtyBytes } })).toEqual(EACH);
  });
});

test('a file of more than 1 MiB is flushed by the descriptor that wrote it, also where the rest is flushed as a whole', async () => {
  const [{ system, flushed }, { pool, synced }] = [systemLike(), poolLike()];
  const flusher = fileFlusher({ kind: 'ext', system, pool });
  await addSmall(flusher, 300);
  const [large, limit] = [write('large'), write('limit')];
  await flusher.add(large.descriptor, SMALL_FILE_BYTES + 1, large.path);
  await flusher.add(limit.descriptor, SMALL_FILE_BYTES, limit.path);
  expect(await flusher.finish(scope())).toBe('syncfs');
  expect(synced).toEqual([large.descriptor]);
  expect(flushed).toEqual([folder]);
});

describe('a folder', () => {
  const failing = (code: string): SyncPool => ({
    sync: async () => {
      throw Object.assign(new Error(code), { code });
    },
    close: async () => {},
  });

  test('is flushed like a small file, and goes with the rest where that is flushed as a whole', async () => {
    const [{ system, flushed }, { pool, synced }] = [systemLike(), poolLike()];
    const few = fileFlusher({ kind: 'ext', system, pool });
    const descriptor = openSync(folder, 'r');
    await few.addFolder(descriptor, folder);
    expect(await few.finish(scope())).toBe('fsync');
    expect(synced).toEqual([descriptor]);
    const many = fileFlusher({ kind: 'ext', system, pool });
    await addSmall(many, 300);
    await many.addFolder(openSync(folder, 'r'), folder);
    expect(await many.finish(scope())).toBe('syncfs');
    expect([synced.length, flushed]).toEqual([1, [folder]]);
  });

  test('that the file system has no flush for is no error; any other error is', async () => {
    const silent = fileFlusher({ kind: 'fuse', pool: failing('EINVAL') });
    await silent.addFolder(openSync(folder, 'r'), folder);
    expect(await silent.finish(scope())).toBe('fsync');
    const broken = fileFlusher({ kind: 'fuse', pool: failing('EIO') });
    await broken.addFolder(openSync(folder, 'r'), folder);
    await expect(broken.finish(scope())).rejects.toMatchObject({ code: 'EIO', path: folder });
    const file = fileFlusher({ kind: 'fuse', pool: failing('EINVAL') });
    await file.add(openSync(folder, 'r'), 0, folder);
    await expect(file.finish(scope())).rejects.toMatchObject({ code: 'EINVAL' });
  });
});

test('finish waits for every flush', async () => {
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const flusher = fileFlusher({ kind: 'tmpfs', pool: { sync: () => held, close: async () => {} } });
  await addSmall(flusher, 1);
  let finished = false;
  const finishing = flusher.finish(scope()).then(() => {
    finished = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(finished).toBe(false);
  release();
  await finishing;
});

test('a failing flush fails the whole, names the file, and leaves no descriptor open', async () => {
  const { pool } = poolLike((descriptor) =>
    descriptor === bad ? Object.assign(new Error('EIO'), { code: 'EIO' }) : undefined,
  );
  let bad = -1;
  const flusher = fileFlusher({ kind: 'tmpfs', pool });
  const first = await addSmall(flusher, 3);
  const { descriptor, path } = write('bad');
  bad = descriptor;
  await flusher.add(descriptor, 10, path);
  await expect(flusher.finish(scope())).rejects.toMatchObject({ code: 'EIO', path });
  assertClosed([...first, descriptor]);
});

test('a failing flush of the file system fails the whole: nothing may hide an error it has reported', async () => {
  const syncWhole = async () => {
    throw Object.assign(new Error('EIO'), { code: 'EIO' });
  };
  const [{ system }, { pool, synced }] = [systemLike({ syncWhole }), poolLike()];
  const flusher = fileFlusher({ kind: 'ext', system, pool });
  await addSmall(flusher, 300);
  await expect(flusher.finish(scope())).rejects.toMatchObject({ code: 'EIO' });
  expect(synced).toEqual([]);
});

test('what is dropped is closed and not flushed', async () => {
  const [{ system, flushed }, { pool, synced }] = [systemLike(), poolLike()];
  const flusher = fileFlusher({ kind: 'ext', system, pool });
  const descriptors = await addSmall(flusher, 100);
  await flusher.drop();
  await flusher.drop();
  expect([synced, flushed]).toEqual([[], []]);
  assertClosed(descriptors);
});

test('who writes faster than the disk flushes waits: a bounded number of files is open', async () => {
  const waiting: (() => void)[] = [];
  const pool: SyncPool = { sync: () => new Promise((resolve) => waiting.push(resolve)), close: async () => {} };
  const flusher = fileFlusher({ kind: 'tmpfs', pool });
  let refusedRoom: Promise<void> | undefined;
  let added = 0;
  while (refusedRoom === undefined && added < 2000) {
    const { descriptor, path } = write(`file-${added}`);
    added += 1;
    refusedRoom = flusher.add(descriptor, 10, path);
  }
  expect(added).toBe(512);
  waiting.shift()?.();
  await refusedRoom;
  const finishing = flusher.finish(scope());
  for (const done of waiting) done();
  await finishing;
});

test('each flush is announced before it is done', async () => {
  const steps: FileStep[] = [];
  const [{ system }, { pool }] = [systemLike(), poolLike()];
  const flusher = fileFlusher({ kind: 'ext', system, pool, onStep: (step) => void steps.push(step) });
  const { descriptor, path } = write('one');
  await flusher.add(descriptor, 1, path);
  await flusher.finish(scope());
  expect(steps).toEqual([{ kind: 'sync', path }]);
});
