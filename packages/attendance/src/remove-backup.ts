import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isTargetError } from '@holdfast/core';
import { openLocalFs } from '@holdfast/target-local-fs';
import type { RemoveOptions } from './options.js';
import { isOriginalBackup } from './original-backup.js';
import type { RemovalResult } from './results.js';

/**
 * Removes a backup at once and for good, and its folder if nothing else is in it. Where there is none, that is said and is no error. What is no backup is never
 * removed; one that the original program made only with `force`.
 *
 * @throws HoldfastError `ABORTED`; TargetError, or the error of the system, where it cannot be removed
 */
export async function removeBackup(backupDir: string, options: RemoveOptions = {}): Promise<RemovalResult> {
  const { confirm, signal } = options;
  const end = (status: RemovalResult['status'], message: string, removed = NOTHING): RemovalResult => {
    options.reporter?.({ type: 'done', status, message });
    return { status, backupDir, message, removedFiles: removed.objects, removedBytes: removed.sizeBytes };
  };
  if (!existsSync(backupDir)) return end('none', `There is no backup in ${backupDir}.`);
  const target = await openLocalFs(backupDir).catch((error: unknown) => {
    // A file stands there.
    if (isTargetError(error, 'MISCONFIGURED')) return undefined;
    throw error;
  });
  try {
    const id = await rootOf(target, signal);
    const isOriginal = id === undefined && isOriginalBackup(backupDir);
    if (target === undefined || (id === undefined && !isOriginal)) {
      const isEmpty = target !== undefined && (await readdir(backupDir)).length === 0;
      if (isEmpty) return end('none', `There is no backup in ${backupDir}.`);
      return end('notABackup', `${backupDir} is not a backup, and stays.`);
    }
    if (isOriginal && options.force !== true)
      return end(
        'notABackup',
        `${backupDir} has no record of this program, and stays: it is removed only with "force".`,
      );
    if (confirm !== undefined && !(await confirm({ about: 'remove', backupDir })))
      return end('declined', `The backup in ${backupDir} stays.`);
    const removed = id === undefined ? await removeOriginal(backupDir) : await target.removeRoot(id, { signal });
    const isGone = await removeFolder(backupDir);
    const rest = isGone ? '' : ' Other files are in the folder, and stay.';
    return end('removed', `The backup in ${backupDir} is removed.${rest}`, removed);
  } finally {
    await target?.close();
  }
}

const NOTHING = { objects: 0, sizeBytes: 0 };

/** The root that the folder is; none where it is no backup, or a store of snapshots. */
async function rootOf(
  target: Awaited<ReturnType<typeof openLocalFs>> | undefined,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (target?.capabilities.oneRoot === undefined) return undefined;
  for await (const { key } of target.list('', { oneLevel: true, signal })) return key.replace(/\/$/, '');
  return undefined;
}

async function removeOriginal(backupDir: string): Promise<typeof NOTHING> {
  const files = await readdir(backupDir, { recursive: true, withFileTypes: true });
  for (const name of await readdir(backupDir)) await rm(join(backupDir, name), { recursive: true, force: true });
  return { objects: files.filter((entry) => entry.isFile()).length, sizeBytes: 0 };
}

/** What is not empty stays. */
async function removeFolder(path: string): Promise<boolean> {
  try {
    await rmdir(path);
    return true;
  } catch {
    return false;
  }
}
