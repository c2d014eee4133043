import { setImmediate as nextTurn } from 'node:timers/promises';
import { errorCode } from '@holdfast/core/files';
import { type ListOptions, type ObjectInfo, prefixFault } from '@holdfast/core/target';
import { asTargetError } from './errors.js';
import { folderEntries, holdsSomething, infoAt, isObjectFolder, sortByBytes } from './folder-entries.js';
import { lookUp } from './look-up.js';
import { enter, fault, isReserved, type Place, pathOf } from './place.js';
import { atRest, standsStill } from './settle-swap.js';

/**
 * One turn of a listing. A folder has two: its place as an object (`a`, if nothing lies below it) and the place of what lies
 * below it (`a/…`). Between both others sort in: `a` < `a.b` < `a/x`.
 */
interface Turn {
  readonly sortsAs: string;
  readonly name: string;
  readonly kind: 'file' | 'symlink' | 'folder' | 'below';
}

interface Frame {
  readonly prefix: string;
  readonly turns: Turn[];
  next: number;
  /** What was read of sub-folders that hold something at their first turn, until their second. Nothing is read for one level. */
  readonly read: Map<string, Turn[]>;
}

/** After this many turns others get theirs: the file system is read by synchronous calls. */
const TURNS_AT_ONCE = 512;

/** Streams a listing in byte order of the keys; in memory are the names of the folders on one path. */
export async function* list(place: Place, prefix: string, options: ListOptions = {}): AsyncGenerator<ObjectInfo> {
  enter(place, 'list', options);
  const wrong = prefixFault(prefix);
  if (wrong !== undefined) throw fault(place, 'INVALID_KEY', wrong, 'list', prefix);
  const before = await atRest(place, 'list', options);
  const frames: Frame[] = [];
  const first = attempt(place, prefix, () => firstFrame(place, prefix, before));
  if (first !== undefined) frames.push(first);
  for (let turns = 1; ; turns++) {
    const frame = frames.at(-1);
    if (frame === undefined) break;
    const turn = frame.turns[frame.next++];
    if (turn === undefined) {
      frames.pop();
      continue;
    }
    if (turns % TURNS_AT_ONCE === 0) await nextTurn();
    enter(place, 'list', options);
    const line = attempt(place, prefix, () => take(place, frames, frame, turn, options.oneLevel ?? false));
    if (line !== undefined) yield line;
  }
  // What was listed and what was not are of two roots then, and a listing that ends well is complete. One that has found nothing is: it is
  // that of the moment it began.
  const isOfOneMoment = first === undefined || first.turns.length === 0;
  if (!isOfOneMoment && !standsStill(place, before)) {
    throw fault(place, 'UNAVAILABLE', 'the snapshot was replaced while it was listed', 'list', prefix, {
      retryable: false,
    });
  }
}

function firstFrame(place: Place, prefix: string, root: string | undefined): Frame | undefined {
  if (prefix === '') return frameOf('', place.one === undefined ? turnsIn(place, place.root, '') : rootTurns(root));
  if (isReserved(place, prefix)) return undefined;
  const found = lookUp(place, prefix.slice(0, -1));
  if (found?.type !== 'directory') return undefined;
  return frameOf(prefix, turnsIn(place, found.path, prefix));
}

/** Takes one turn: the line it gives, if any; what lies below a folder becomes a frame of its own. */
function take(place: Place, frames: Frame[], frame: Frame, turn: Turn, oneLevel: boolean): ObjectInfo | undefined {
  const key = frame.prefix + turn.name;
  const path = pathOf(place, key);
  if (turn.kind === 'file' || turn.kind === 'symlink') return infoAt(path, key, turn.kind);
  if (turn.kind === 'folder') {
    const below = oneLevel ? [] : turnsIn(place, path, `${key}/`);
    const empty = oneLevel ? isSurelyEmpty(place, path, key) : below.length === 0;
    if (empty) return isObjectFolder(place, key) ? infoAt(path, key, 'directory') : undefined;
    frame.read.set(turn.name, below);
    return undefined;
  }
  const below = frame.read.get(turn.name);
  frame.read.delete(turn.name);
  if (below === undefined) return undefined;
  if (oneLevel) return { key: `${key}/`, type: 'prefix', sizeBytes: 0 };
  frames.push(frameOf(`${key}/`, below));
  return undefined;
}

/**
 * For one level it is enough to know that a folder holds something. One that nobody lets us into (`lost+found`, somebody's own)
 * is there and may: to be told of it must not cost the rest of the listing. A listing of what lies below it fails.
 */
function isSurelyEmpty(place: Place, path: string, key: string): boolean {
  try {
    return !holdsSomething(place, path, `${key}/`);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EACCES' || code === 'EPERM') return false;
    throw error;
  }
}

function frameOf(prefix: string, turns: Turn[]): Frame {
  return { prefix, turns, next: 0, read: new Map() };
}

/** The one root there is, though no folder of its name lies there. */
function rootTurns(name: string | undefined): Turn[] {
  if (name === undefined) return [];
  return [
    { sortsAs: name, name, kind: 'folder' },
    { sortsAs: `${name}/`, name, kind: 'below' },
  ];
}

function turnsIn(place: Place, path: string, prefix: string): Turn[] {
  const turns: Turn[] = [];
  for (const { name, type } of folderEntries(place, path, prefix)) {
    turns.push({ sortsAs: name, name, kind: type === 'directory' ? 'folder' : type });
    if (type === 'directory') turns.push({ sortsAs: `${name}/`, name, kind: 'below' });
  }
  return sortByBytes(turns, (turn) => turn.sortsAs);
}

function attempt<Result>(place: Place, prefix: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw asTargetError(error, { url: place.url, operation: 'list', key: prefix === '' ? undefined : prefix });
  }
}
