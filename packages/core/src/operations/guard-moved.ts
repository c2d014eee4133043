import { lstatSync, mkdirSync, realpathSync, renameSync } from 'node:fs';
import { errorCode } from '../files/index.js';
import type { MetEntry } from '../source/index.js';
import type { NotedEntry } from '../state/index.js';
import { besideNoted, type GuardGround } from './guard-ground.js';

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
 *
 * @returns the paths of what was moved back.
 * @throws the error of the system if the sources or the list cannot be read.
 */
export async function moveBack(ground: GuardGround): Promise<ReadonlySet<string>> {
  const back = new Set<string>();
  // Folders first: what is in them comes with them.
  for (const moved of await findMoved(ground))
    if (giveBack(ground, moved)) back.add(moved.noted.pathBytes.toString('utf8'));
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

function giveBack(ground: GuardGround, { noted, met }: Moved): boolean {
  const place = placeOf(ground, noted.pathBytes);
  if (place === undefined) return false;
  try {
    const folder = place.subarray(0, place.lastIndexOf(0x2f));
    mkdirSync(folder, { recursive: true });
    // No link that was put on the way leads out of the source.
    if (!realpathSync.native(folder, { encoding: 'buffer' }).equals(folder)) return false;
    const standing = lstatSync(place, { throwIfNoEntry: false });
    if (standing !== undefined && (standing.isDirectory() || noted.kind === 'directory')) return false;
    renameSync(met.location, place);
    return true;
  } catch (error) {
    // It has come back with a folder that it lies in, or cannot come: then it is named with what was not covered.
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

/** Where a path of a snapshot is on this machine. */
function placeOf({ record }: GuardGround, pathBytes: Buffer): Buffer | undefined {
  for (const { entryPath, realPath } of record.sources) {
    const top = Buffer.from(entryPath);
    const isTop = pathBytes.equals(top);
    if (isTop) return Buffer.from(realPath);
    if (
      pathBytes.length > top.length &&
      pathBytes.subarray(0, top.length).equals(top) &&
      pathBytes[top.length] === 0x2f
    )
      return Buffer.concat([Buffer.from(realPath), pathBytes.subarray(top.length)]);
  }
  return undefined;
}
