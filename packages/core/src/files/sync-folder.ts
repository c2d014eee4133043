import { closeSync, openSync } from 'node:fs';
import { errorCode } from './node-error.js';
import type { StepOptions } from './step.js';
import { type SyncPool, syncPool } from './sync-pool.js';

/** A file system that has no fsync for folders (some FUSE and network ones) answers one of these. */
export const NO_FOLDER_SYNC: ReadonlySet<string | undefined> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** How many folders are held open at once. */
const AT_ONCE = 64;

/**
 * Makes the names in a folder durable: what was made in it, renamed into it or removed from it. Does nothing on Windows,
 * where folders cannot be flushed (NTFS logs names in order), and where the file system knows no such call; what that
 * means for a promise is in {@link FileSystem.durability}.
 *
 * @throws the error of the system, `EIO` above all: then nothing about the names is sure.
 */
export async function syncFolder(path: string, options: StepOptions = {}): Promise<void> {
  await syncFolders([path], options);
}

export interface SyncFoldersOptions extends StepOptions {
  /** A folder that is gone is no error: whoever removed it made that durable. */
  readonly ignoreMissing?: boolean | undefined;
  /** Makes the pool that flushes, for tests that bend it. */
  readonly syncPool?: (() => SyncPool) | undefined;
}

/** {@link syncFolder} for several folders, deepest first: begun in the order given, many at a time, all done when it resolves. */
export async function syncFolders(paths: Iterable<string>, options: SyncFoldersOptions = {}): Promise<void> {
  const pool = (options.syncPool ?? syncPool)();
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  try {
    for (const path of paths) {
      options.onStep?.({ kind: 'sync', path });
      if (process.platform === 'win32') continue;
      const descriptor = openFolder(path, options.ignoreMissing ?? false);
      if (descriptor === undefined) continue;
      const one = flush(descriptor, pool)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => underWay.delete(one));
      underWay.add(one);
      if (underWay.size >= AT_ONCE) await Promise.race(underWay);
    }
  } finally {
    await Promise.all(underWay);
    await pool.close();
  }
  if (failure !== undefined) throw failure.error;
}

function openFolder(path: string, ignoreMissing: boolean): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (ignoreMissing && errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function flush(descriptor: number, pool: SyncPool): Promise<void> {
  try {
    await pool.sync(descriptor);
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(errorCode(error))) throw error;
  } finally {
    closeSync(descriptor);
  }
}
