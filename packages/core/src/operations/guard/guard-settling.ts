import { type BigIntStats, lutimesSync } from 'node:fs';
import type { Problem } from '../../events/index.js';
import { fileSystemOf, secondsOf, TIME_TOLERANCE_NS, withinReach } from '../../files/index.js';
import type { MetEntry } from '../../source/index.js';
import type { NotedEntry } from '../../state/index.js';
import { besideNoted, foldersOf, type GuardGround } from './guard-ground.js';
import { ownerOf } from './guard-noting.js';

/** Something that no snapshot has, and that is not as it was: a roll back cannot give it back. */
export interface Uncovered {
  readonly path: string;
  readonly change: 'gone' | 'changed';
}

/** What is told of a tree that was rolled back. */
export interface SettlingTold {
  readonly uncovered: (uncovered: Uncovered) => void;
  readonly problem: (problem: Problem) => void;
}

/**
 * Holds what stands there after a roll back against what stood there before the run, name by name. What the snapshot has must be as it
 * was, and nothing may be there besides; what it does not have is named where it changed. Folders that it does not have get their times
 * back, where all that stood in them still does: only what was deleted from them has moved these.
 *
 * @param movedBack paths of what has just got its name back: that is seen in its change time, and is no change of it.
 */
export async function settle(ground: GuardGround, movedBack: ReadonlySet<string>, told: SettlingTold): Promise<void> {
  const toleranceNs = await timeToleranceNs(ground);
  const ownFolders = foldersOf(ground.leaveOut);
  const closed: Buffer[] = [];
  /** Folders whose times are to go back, by their paths. */
  const timed = new Map<string, { readonly noted: NotedEntry; readonly met: MetEntry }>();
  for await (const { left, right } of besideNoted(ground)) {
    const noted = left?.noted;
    const met = right?.met;
    if (noted?.isClosed === true) closed.push(noted.pathBytes);
    const bytes = noted?.pathBytes ?? met?.pathBytes ?? Buffer.alloc(0);
    const path = bytes.toString('utf8');
    if (closed.some((folder) => isBelow(bytes, folder))) continue;
    if (noted === undefined) {
      told.problem({ code: 'NOT_DELETED', path, message: 'it was not there before, and still is' });
    } else if (noted.isCovered) {
      const isOurs = met !== undefined && ownFolders.has(met.location.toString());
      const fault = met === undefined ? 'it is not there' : coveredFault(noted, met, toleranceNs, isOurs);
      if (fault !== undefined)
        told.problem({ code: 'CHANGED', path, message: `${fault}, though it was just given back` });
    } else if (met === undefined || met.kind !== noted.kind) {
      told.uncovered({ path, change: 'gone' });
      timed.delete(parentOf(bytes));
    } else if (noted.kind === 'directory') {
      if (isTouched(noted, met.stats, movedBack.has(path))) told.uncovered({ path, change: 'changed' });
      if (noted.mtimeNs !== String(met.stats.mtimeNs)) timed.set(bytes.toString('latin1'), { noted, met });
    } else if (isChanged(noted, met.stats, movedBack.has(path))) told.uncovered({ path, change: 'changed' });
  }
  for (const { noted, met } of timed.values()) giveTimeBack(noted, met);
}

function coveredFault(
  noted: NotedEntry,
  { kind, stats }: MetEntry,
  toleranceNs: bigint,
  isOurs: boolean,
): string | undefined {
  if (kind !== noted.kind) return 'something else stands there';
  if (kind === 'file' && noted.sizeBytes !== String(stats.size)) return 'it has another size';
  if (kind !== 'symlink' && noted.mode !== String(stats.mode)) return 'it has another mode';
  if (noted.owner !== ownerOf(stats)) return 'it has another owner';
  const apartNs = BigInt(noted.mtimeNs) - stats.mtimeNs;
  const isTimed = isOurs || (-toleranceNs <= apartNs && apartNs <= toleranceNs);
  return isTimed ? undefined : 'it has another time';
}

/** Any change of it, or another one in its place; also one that put the time back, where the system has a change time. */
function isChanged(noted: NotedEntry, stats: BigIntStats, isMovedBack: boolean): boolean {
  const tellsChange = process.platform !== 'win32' && !isMovedBack;
  return (
    (tellsChange && noted.ctimeNs !== String(stats.ctimeNs)) ||
    noted.sizeBytes !== String(stats.size) ||
    noted.mtimeNs !== String(stats.mtimeNs) ||
    noted.mode !== String(stats.mode) ||
    noted.owner !== ownerOf(stats) ||
    noted.inode !== String(stats.ino)
  );
}

/** A folder with other rights, or whose attributes were changed: with other names in it both its times have moved. */
function isTouched(noted: NotedEntry, stats: BigIntStats, isMovedBack: boolean): boolean {
  if (noted.mode !== String(stats.mode) || noted.owner !== ownerOf(stats)) return true;
  const isOnlyThat = noted.mtimeNs === String(stats.mtimeNs) && noted.ctimeNs !== String(stats.ctimeNs);
  return process.platform !== 'win32' && !isMovedBack && isOnlyThat;
}

function giveTimeBack({ mtimeNs }: NotedEntry, { location }: MetEntry): void {
  const seconds = secondsOf(BigInt(mtimeNs));
  try {
    withinReach(location, (address) => lutimesSync(address, seconds, seconds));
  } catch {
    // Another user's folder: its time tells that something was in it, and nothing else is lost.
  }
}

function parentOf(path: Buffer): string {
  return path.subarray(0, Math.max(0, path.lastIndexOf(0x2f))).toString('latin1');
}

function isBelow(path: Buffer, folder: Buffer): boolean {
  return path.length > folder.length && path[folder.length] === 0x2f && path.subarray(0, folder.length).equals(folder);
}

async function timeToleranceNs({ record }: GuardGround): Promise<bigint> {
  let toleranceNs: bigint = TIME_TOLERANCE_NS;
  for (const { realPath } of record.sources) {
    const { posixAttributes, timestampStepNs } = await fileSystemOf(realPath);
    // FAT and its like keep coarse times.
    if (!posixAttributes && timestampStepNs > toleranceNs) toleranceNs = timestampStepNs;
  }
  return toleranceNs;
}
