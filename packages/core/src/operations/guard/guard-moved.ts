import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync, renameSync } from 'node:fs';
import { errorCode } from '../../files/index.js';
import { liesIn, type MetEntry } from '../../source/index.js';
import type { NotedEntry } from '../../state/index.js';
import { besideNoted, foldersFrom, type GuardGround, inOpenFolders, parentFolder } from './guard-ground.js';

const SLASH = 0x2f;

/** So many that are gone are looked for under other names; a run that moves more of what no snapshot has is not one. */
const MAX_LOOKED_FOR = 10_000;

/** What is not in the snapshot, is not where it stood, and stands elsewhere in the sources. */
interface Moved {
  readonly noted: NotedEntry;
  readonly met: MetEntry;
}

/**
 * Gives what the snapshot does not have its name back, where the run has moved it within the sources: it is the very thing that stood
 * there, by the system's own numbers for it. Under its new name it would be taken for something new, and with it the only copy would go.
 * What has its name now makes room: it is looked for itself if it was moved, and is something new otherwise.
 *
 * @returns the paths of what was moved back.
 * @throws the error of the system if the sources or the list cannot be read.
 */
export async function moveBack(ground: GuardGround): Promise<ReadonlySet<string>> {
  const back = new Set<string>();
  // What came along with a folder, or made room, has another name by now: it is looked for again until nothing more finds its place.
  for (let isMoving = true; isMoving; ) {
    isMoving = false;
    // Folders first: what is in them comes with them.
    for (const moved of await findMoved(ground)) {
      if (!giveBack(ground, moved)) continue;
      back.add(moved.noted.pathBytes.toString('utf8'));
      isMoving = true;
    }
  }
  return back;
}

async function findMoved(ground: GuardGround): Promise<Moved[]> {
  const gone = new Map<string, NotedEntry>();
  for await (const { left, right } of besideNoted(ground)) {
    const noted = left?.noted;
    if (noted === undefined || noted.isCovered || gone.size >= MAX_LOOKED_FOR) continue;
    if (right === undefined || identityOf(noted) !== identityOfMet(right.met)) gone.set(identityOf(noted), noted);
  }
  const moved: Moved[] = [];
  if (gone.size === 0) return moved;
  for await (const { left, right } of besideNoted(ground)) {
    const met = right?.met;
    const noted = met === undefined ? undefined : gone.get(identityOfMet(met));
    if (met === undefined || noted === undefined || !isTheSame(noted, met)) continue;
    // What stands under a name of the list is that name's.
    if (left !== undefined && identityOf(left.noted) === identityOfMet(met)) continue;
    moved.push({ noted, met });
    gone.delete(identityOf(noted));
  }
  return moved;
}

function identityOf({ device, inode, kind }: NotedEntry): string {
  return `${kind} ${device} ${inode}`;
}

function identityOfMet({ stats, kind }: MetEntry): string {
  return `${kind} ${stats.dev} ${stats.ino}`;
}

/** The number of something that is gone may be given to something new: that is younger, or where the system does not say so, not just so. */
function isTheSame({ birthtimeNs, sizeBytes, mtimeNs, kind }: NotedEntry, { stats }: MetEntry): boolean {
  if (birthtimeNs !== '0') return birthtimeNs === String(stats.birthtimeNs);
  return kind !== 'directory' && sizeBytes === String(stats.size) && mtimeNs === String(stats.mtimeNs);
}

function giveBack(ground: GuardGround, moved: Moved): boolean {
  const place = placeOf(ground, moved.noted.pathBytes);
  const from = placeOf(ground, moved.met.pathBytes);
  if (place === undefined || from === undefined) return false;
  const leading = [from, place].flatMap(({ top, location }) => foldersFrom(top, parentFolder(location)));
  return inOpenFolders(leading, () => giveName(ground, moved, place));
}

function giveName(ground: GuardGround, { met }: Moved, place: Place): boolean {
  try {
    // Something that was moved before it may have taken it along, or its name.
    const now = lstatSync(met.location, { bigint: true, throwIfNoEntry: false });
    if (now?.ino !== met.stats.ino || now.dev !== met.stats.dev) return false;
    const folder = parentFolder(place.location);
    for (const onTheWay of foldersFrom(place.top, folder)) {
      const standing = lstatSync(onTheWay, { throwIfNoEntry: false });
      if (standing !== undefined && !standing.isDirectory() && !makeRoom(ground, onTheWay, place.top)) return false;
    }
    mkdirSync(folder, { recursive: true });
    // No link that was put on the way leads out of the source.
    if (!realpathSync.native(folder, { encoding: 'buffer' }).equals(folder)) return false;
    const isTaken = lstatSync(place.location, { throwIfNoEntry: false }) !== undefined;
    if (isTaken && !makeRoom(ground, place.location, place.top)) return false;
    renameSync(met.location, place.location);
    return true;
  } catch (error) {
    // It has come back with a folder that it lies in, or cannot come: then it is named with what was not covered.
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

/** What stands there gets a name that is on no list. The top of a source stays: a name beside it would be none of the source's. */
function makeRoom({ leaveOut }: GuardGround, location: Buffer, top: Buffer): boolean {
  const path = location.toString();
  if (location.equals(top) || [...leaveOut].some((place) => liesIn(place, path))) return false;
  const folder = parentFolder(location);
  const aside = Buffer.concat([folder, Buffer.from(`/.holdfast-aside-${randomBytes(8).toString('hex')}`)]);
  renameSync(location, aside);
  return true;
}

/** Where a path of a snapshot is on this machine, and the top of its source. */
interface Place {
  readonly location: Buffer;
  readonly top: Buffer;
}

function placeOf({ record }: GuardGround, pathBytes: Buffer): Place | undefined {
  for (const { entryPath, realPath } of record.sources) {
    const entryTop = Buffer.from(entryPath);
    const top = Buffer.from(realPath);
    if (pathBytes.equals(entryTop)) return { location: top, top };
    const isBelow = pathBytes.length > entryTop.length && pathBytes[entryTop.length] === SLASH;
    if (isBelow && pathBytes.subarray(0, entryTop.length).equals(entryTop))
      return { location: Buffer.concat([top, pathBytes.subarray(entryTop.length)]), top };
  }
  return undefined;
}
