import { link, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from './node-error.js';
import type { StepOptions } from './step.js';
import { syncFolder } from './sync-folder.js';

export interface RenameOptions extends StepOptions {
  /** By default the platform this runs on; a test names another. */
  readonly platform?: NodeJS.Platform | undefined;
  /** The renaming itself, for tests that bend it. */
  readonly rename?: ((from: string, to: string) => Promise<void>) | undefined;
  /** The waiting between two attempts, likewise. */
  readonly wait?: ((delayMs: number) => Promise<unknown>) | undefined;
}

/** On Windows an indexer or a virus scanner may hold a file for a moment: these then end by themselves. */
const HELD: ReadonlySet<string | undefined> = new Set(['EPERM', 'EBUSY', 'EACCES']);
const FIRST_DELAY_MS = 10;
const LONGEST_DELAY_MS = 500;
const RETRY_FOR_MS = 10_000;

/**
 * Renames; on Windows again and again for up to ten seconds while somebody holds the file or folder. Flushes nothing.
 * What stands at `to` is replaced, as the system does it: a file by a file, an empty folder by a folder.
 *
 * @throws `ENOENT` if `from` has vanished; `ENOTEMPTY` or `EEXIST` for a folder onto a folder that holds something; `EXDEV`, …
 */
export async function renameWithRetry(from: string, to: string, options: RenameOptions = {}): Promise<void> {
  const { platform = process.platform, rename: renameOnce = rename, wait = delay } = options;
  options.onStep?.({ kind: 'rename', path: to });
  let waitedMs = 0;
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)) {
    try {
      return await renameOnce(from, to);
    } catch (error) {
      if (platform !== 'win32' || !HELD.has(errorCode(error)) || waitedMs >= RETRY_FOR_MS) throw error;
    }
    await wait(delayMs);
    waitedMs += delayMs;
  }
}

/**
 * Gives a finished, flushed file or folder its name, and makes the name durable: {@link renameWithRetry}, then
 * {@link syncFolder} of the new parent. `from` must lie on the same file system.
 *
 * If the flush fails the name may be there and not durable; the caller takes it back.
 */
export async function publishByRename(from: string, to: string, options: RenameOptions = {}): Promise<void> {
  await renameWithRetry(from, to, options);
  await syncFolder(dirname(to), options);
}

/**
 * Gives a finished, flushed file a name that nobody else has, decided by the file system itself (a hard link), and makes
 * it durable. `from` keeps its name too; the caller removes it.
 *
 * @throws `EEXIST` if the name is taken. It may be taken by *us*, when a network file system repeats a call whose answer
 *   was lost: the caller looks whether both names are one inode, or hold equal bytes.
 * @throws `EPERM`, `ENOTSUP` where the file system has no hard links ({@link FileSystem.hardLinks}).
 */
export async function publishByLink(from: string, to: string, options: StepOptions = {}): Promise<void> {
  options.onStep?.({ kind: 'link', path: to });
  await link(from, to);
  await syncFolder(dirname(to), options);
}
