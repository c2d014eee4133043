import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  rmdirSync,
  utimesSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { NotAFolder } from '../destination/index.js';
import { errorCode, NO_FOLDER_SYNC, secondsOf } from '../files/index.js';
import { UNDO_FOLDER } from '../snapshot/index.js';
import { isSnapshotId } from '../snapshot/snapshot-id.js';

/**
 * A home is a folder that has what is kept of one segment: `<id>/<segment>`, in the state folder or, where that is another file system,
 * in {@link UNDO_FOLDER} at the top of the destination.
 */
export function homeBelow(folder: string, id: string, segment: number): string {
  return join(folder, id, String(segment + 1));
}

/** {@link homeBelow} at the top of a destination. */
export function homeAtPlace(place: string, id: string, segment: number): string {
  return homeBelow(join(place, UNDO_FOLDER), id, segment);
}

/**
 * Makes a home durably, for its owner alone. The folder of the user's that it lies in keeps its times.
 *
 * @throws NotAFolder if a link or a file has one of its names; the error of the system.
 */
export function makeHome(home: string): void {
  const folders = [dirname(dirname(home)), dirname(home), home];
  const top = dirname(folders[0] ?? home);
  withTimesOf(top, () => {
    for (const folder of folders) makeFolder(folder);
  });
  if (leadsElsewhere(home)) throw new NotAFolder(`"${UNDO_FOLDER}" there leads elsewhere`);
  for (const folder of [...folders.reverse(), top]) flushFolder(folder);
}

/** Has a link been put in the place of one of its folders? What is not where it was made is not written to, and not removed. */
function leadsElsewhere(home: string): boolean {
  const folders = [dirname(dirname(home)), dirname(home), home];
  const top = dirname(folders[0] ?? home);
  return realpathSync.native(home) !== join(realpathSync.native(top), ...folders.map((folder) => basename(folder)));
}

/** At once, because it is seldom: what calls it may not wait. */
function flushFolder(path: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(errorCode(error))) throw error;
  } finally {
    closeSync(descriptor);
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST' || !lstatSync(path).isDirectory()) throw error;
  }
}

/**
 * Removes, beside a home at the top of a destination, what is older than what is kept anywhere: state that knew of it is lost, or the
 * destination was away when it was cleared. What cannot be removed, as another user's, stays.
 *
 * @param oldestId ids below it are too old.
 */
export async function sweepBesideHome(home: string, oldestId: string): Promise<void> {
  const undoFolder = dirname(dirname(home));
  if (basename(undoFolder) !== UNDO_FOLDER || leadsElsewhere(home)) return;
  for (const name of readdirSync(undoFolder)) {
    if (!isSnapshotId(name) || name >= oldestId) continue;
    await rm(join(undoFolder, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

/** Removes a home with all that is in it, and what it lay in as far as that is empty and Holdfast's. What cannot be removed stays. */
export async function leaveHome(home: string): Promise<void> {
  const stands = lstatSync(home, { throwIfNoEntry: false });
  if (stands !== undefined && leadsElsewhere(home)) return;
  await rm(home, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  removeIfEmpty(dirname(home));
  const undoFolder = dirname(dirname(home));
  if (basename(undoFolder) !== UNDO_FOLDER) return;
  withTimesOf(dirname(undoFolder), () => removeIfEmpty(undoFolder));
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {}
}

/** What is done in a folder of the user's leaves its times as they were, as far as they can be set. */
function withTimesOf(folder: string, work: () => void): void {
  const before = lstatSync(folder, { bigint: true, throwIfNoEntry: false });
  work();
  if (before === undefined || lstatSync(folder, { bigint: true }).mtimeNs === before.mtimeNs) return;
  const seconds = secondsOf(before.mtimeNs);
  try {
    utimesSync(folder, seconds, seconds);
  } catch {}
}
