import { type BigIntStats, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '@holdfast/core/files';
import { folded, inFolder, MARK_KEY, OWN_KEY, type Place } from './place.js';

/** How a folder that is itself a root is opened. Two roots never stand in it. */
export interface OneRoot {
  /** May a batch take the place of the root that stands there? */
  readonly replaces: boolean;
  /** May it also take the place of files that are nobody's? Where they are not in its way they stay even so. */
  readonly force: boolean;
  /** What was read of the mark last, and of which file. */
  read: { readonly stats: Pick<BigIntStats, 'ino' | 'ctimeNs'>; readonly root: StandingRoot } | undefined;
}

/** What a mark says: the root, and what of the folder belongs to it. */
export interface StandingRoot {
  readonly root: string;
  /**
   * Names at the top of the folder, and below `.holdfast/` the names in that, as `.holdfast/name`: what is moved as one when the
   * root is replaced. Whatever else stands there is not the root's.
   */
  readonly pieces: readonly string[];
  /** Of the pieces, the one that the commit record is, or lies in. */
  readonly record: string | undefined;
}

/**
 * The root that stands in the folder, by its mark; `undefined` where none does, for good or just now ({@link isBeingReplaced}).
 *
 * @throws the error of the system where it cannot be read
 */
export function standingRoot(place: Place): StandingRoot | undefined {
  const { one } = place;
  if (one === undefined) return undefined;
  const path = join(place.root, MARK_KEY);
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats?.isFile() !== true) return undefined;
  if (one.read?.stats.ino === stats.ino && one.read.stats.ctimeNs === stats.ctimeNs) return one.read.root;
  const root = readMark(path);
  if (root !== undefined) one.read = { stats, root };
  return root;
}

/** What a mark says; `undefined` where there is none, or what is there says nothing. @throws the error of the system */
export function readMark(path: string): StandingRoot | undefined {
  try {
    return checkedRoot(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What is written as a mark. */
export function markOf(root: StandingRoot): Uint8Array {
  return Buffer.from(`${JSON.stringify(root, undefined, 2)}\n`);
}

/** A mark as it was read, if it is one: names lead nowhere but into the folder. */
export function checkedRoot(value: unknown): StandingRoot | undefined {
  if (typeof value !== 'object' || value === null || !('root' in value) || !('pieces' in value)) return undefined;
  const { root, pieces } = value;
  const record: unknown = 'record' in value ? value.record : undefined;
  if (typeof root !== 'string' || root === '' || root.includes('/') || !Array.isArray(pieces)) return undefined;
  if (!pieces.every(isPiece) || (record !== undefined && !isPiece(record))) return undefined;
  return { root, pieces, record };
}

function isPiece(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const name = value.startsWith(`${OWN_KEY}/`) ? value.slice(OWN_KEY.length + 1) : value;
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);
}

/** The piece that a key of a root is, or lies in; `undefined` for the root itself and for the folder of our own. */
export function pieceOf(place: Pick<Place, 'one' | 'fileSystem'>, key: string): string | undefined {
  const inner = inFolder(place, key);
  const [first = '', second = ''] = inner.split('/', 2);
  if (folded(place, first) !== OWN_KEY) return first === '' ? undefined : first;
  return second === '' ? undefined : `${OWN_KEY}/${second}`;
}

/** Does the key name what may be the root's? Foreign files in the folder are no objects. */
export function isShown(place: Place, key: string): boolean {
  if (place.one === undefined) return true;
  const piece = pieceOf(place, key);
  return piece === undefined || hasPiece(place, standingRoot(place), piece);
}

/** Is the piece one of the root's, as the file system compares names? */
export function hasPiece(
  place: Pick<Place, 'fileSystem'>,
  root: Pick<StandingRoot, 'pieces'> | undefined,
  piece: string,
): boolean {
  const wanted = folded(place, piece);
  return root?.pieces.some((one) => folded(place, one) === wanted) ?? false;
}
