import type { BigIntStats } from 'node:fs';
import { lstat, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, publishByLink, publishByRename, syncFolder } from '@holdfast/core/files';
import { archiveOf, fault, type Place } from './place.js';

/** The archive of a root is there already. */
export function takenFault(place: Place, operation: 'begin' | 'commit', key: string): Error {
  const hint =
    place.form === 'folder'
      ? 'Each snapshot has an archive of its own: take another name.'
      : `One archive holds one snapshot. Use zip:${dirname(place.path)} for a folder of archives, or --replace to put the new one in its place.`;
  return fault(place, 'ALREADY_EXISTS', 'the archive exists', operation, key, { hint });
}

/**
 * Gives a finished, flushed archive its name, and makes the name durable. Where it must not replace anything the file system
 * decides that (a hard link), also among racers; without hard links it is looked up first.
 *
 * @throws TargetError `ALREADY_EXISTS`; otherwise the error of the system, and then the name is not there.
 */
export async function publishArchive(place: Place, staged: string, root: string): Promise<void> {
  const path = archiveOf(place, root);
  const steps = { onStep: place.onStep };
  if (place.replace) return publishByRename(staged, path, steps);
  if (!place.fileSystem.hardLinks && (await stands(path))) throw takenFault(place, 'commit', root);
  const identity = await stat(staged, { bigint: true });
  try {
    await (place.fileSystem.hardLinks ? publishByLink : publishByRename)(staged, path, steps);
  } catch (error) {
    const ours = await isFile(path, identity);
    if (errorCode(error) !== 'EEXIST') {
      // Named, but the flush failed: what is not surely durable must not be visible.
      if (ours) await unlink(path).catch(() => undefined);
      throw error;
    }
    if (!ours) throw takenFault(place, 'commit', root);
    // A network file system may repeat a call whose answer was lost, and then meets its own link.
    await syncFolder(dirname(path), steps);
  }
}

/** Does anything stand at the path? A dangling link does. */
export async function stands(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function isFile(path: string, identity: BigIntStats): Promise<boolean> {
  try {
    const stats = await lstat(path, { bigint: true });
    return stats.ino === identity.ino && stats.dev === identity.dev;
  } catch {
    return false;
  }
}
