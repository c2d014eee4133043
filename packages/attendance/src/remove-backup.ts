import { existsSync } from 'node:fs';
import { lstat, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackupTarget, foreignFile, isHoldfastError, isTargetError } from '@holdfast/core';
import { openLocalFs } from '@holdfast/target-local-fs';
import type { RemoveOptions } from './options.js';
import { isOriginalBackup } from './original-backup.js';
import type { RemovalResult } from './results.js';

/**
 * Removes a backup at once and for good, and its folder if nothing else is in it. Where there is none, that is said and is no error. What is no backup is never
 * removed; one that the original program made, or among whose files lie others, only with `force`.
 *
 * @throws HoldfastError `ABORTED`; TargetError, or the error of the system, where it cannot be removed
 */
export async function removeBackup(backupDir: string, options: RemoveOptions = {}): Promise<RemovalResult> {
  const { confirm, signal } = options;
  const end = (status: RemovalResult['status'], message: string, removed = NOTHING): RemovalResult => {
    options.reporter?.({ type: 'done', status, message });
    return { status, backupDir, message, removedFiles: removed.objects, removedBytes: removed.sizeBytes };
  };
  const target = await openLocalFs(backupDir).catch((error: unknown) => {
    // A file stands there.
    if (isTargetError(error, 'MISCONFIGURED')) return undefined;
    throw error;
  });
  try {
    const id = await rootOf(target, signal);
    const isOriginal = id === undefined && isOriginalBackup(backupDir);
    if (target === undefined || (id === undefined && !isOriginal)) {
      if (target !== undefined && !(await holdsAnything(backupDir)))
        return end('none', `There is no backup in ${backupDir}.`);
      return end('notABackup', `${backupDir} is not a backup, and stays.`);
    }
    if (isOriginal && options.force !== true)
      return end(
        'notABackup',
        `${backupDir} has no record of this program, and stays: it is removed only with "force".`,
      );
    const foreign = id === undefined || options.force === true ? undefined : await foreignIn(target, id, signal);
    if (foreign !== undefined)
      return end('kept', `The backup in ${backupDir} stays: ${foreign}. It is removed with all of that with "force".`);
    if (confirm !== undefined && !(await confirm({ about: 'remove', backupDir })))
      return end('declined', `The backup in ${backupDir} stays.`);
    const removed = id === undefined ? await removeOriginal(backupDir) : await target.removeRoot(id, { signal });
    await rmdir(backupDir).catch(() => undefined);
    const rest = (await holdsAnything(backupDir)) ? ' Other files are in the folder, and stay.' : '';
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

/** What lies among the files of the backup and would go with it; or why nobody knows. */
async function foreignIn(
  target: BackupTarget,
  id: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    const found = await foreignFile(target, id, { signal });
    return found === undefined ? undefined : `"${found}" lies in it and is not of the backup`;
  } catch (error) {
    if (isHoldfastError(error, 'SNAPSHOT_DAMAGED')) return 'it is damaged, and nobody knows what belongs to it';
    throw error;
  }
}

async function removeOriginal(backupDir: string): Promise<typeof NOTHING> {
  const removed = { ...NOTHING };
  for (const entry of await readdir(backupDir, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    removed.objects += 1;
    removed.sizeBytes += (await lstat(join(entry.parentPath, entry.name))).size;
  }
  for (const name of await readdir(backupDir)) await rm(join(backupDir, name), { recursive: true, force: true });
  return removed;
}

/** Is there anything in the folder, if it is there? */
async function holdsAnything(path: string): Promise<boolean> {
  return existsSync(path) && (await readdir(path)).length > 0;
}
