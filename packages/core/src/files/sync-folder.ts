import { open } from 'node:fs/promises';
import { errorCode } from './node-error.js';
import type { StepOptions } from './step.js';

/** A file system that has no fsync for folders (some FUSE and network ones) answers one of these. */
const NO_FOLDER_SYNC: ReadonlySet<string | undefined> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Makes the names in a folder durable: what was made in it, renamed into it or removed from it. Does nothing on Windows,
 * where folders cannot be flushed (NTFS logs names in order), and where the file system knows no such call; what that
 * means for a promise is in {@link FileSystem.durability}.
 *
 * @throws the error of the system, `EIO` above all: then nothing about the names is sure.
 */
export async function syncFolder(path: string, options: StepOptions = {}): Promise<void> {
  options.onStep?.({ kind: 'sync', path });
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(errorCode(error))) throw error;
  } finally {
    await folder.close();
  }
}

/** {@link syncFolder} for several folders, one after another in the order given: deepest first. */
export async function syncFolders(paths: Iterable<string>, options: StepOptions = {}): Promise<void> {
  for (const path of paths) await syncFolder(path, options);
}
