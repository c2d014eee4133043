import { type BigIntStats, lstatSync, readlinkSync } from 'node:fs';
import type { Problem } from '../events/index.js';
import { errorCode, isStagingFolder, withinReach } from '../files/index.js';
import { RESTORE_STAGING_FOLDER, UNDO_FOLDER } from '../snapshot/index.js';
import { type Child, joinBytes, readChildren } from './children.js';
import { type FoundInFolder, findRules } from './folder-rules.js';
import { FolderFilter, type LeftOut, type SourceRules, type Verdict } from './source-filter.js';
import type { ResolvedSource } from './sources.js';
import { reasonOf } from './system-reason.js';

/** Something met on a walk that can be stored. */
export interface WalkedEntry {
  /** Path in the snapshot. */
  readonly pathBytes: Buffer;
  /** Path on this machine. */
  readonly location: Buffer;
  readonly type: 'file' | 'directory' | 'symlink';
  readonly stats: BigIntStats;
  /** The bytes of a symlink. */
  readonly linkTarget?: Buffer;
}

/** Something met on a walk that cannot be stored, or that was left out on purpose. */
export interface WalkedProblem {
  readonly problem?: Problem;
  /** A problem that cost no entry: rules that could not be read, so that more is taken than was meant. */
  readonly doubt?: Problem;
  /** An absolute path that was left out because the caller asked for it, or because it is the staging folder of a restore. */
  readonly leftOut?: string;
  /** What the rules leave out; of a folder also all that is in it. */
  readonly byRule?: LeftOutEntry;
  /** The bytes of that path. Absent of a folder that was entered all the same, in which nothing is to be taken. */
  readonly leftOutPath?: Buffer;
}

/** An entry that the rules leave out, and why. */
export interface LeftOutEntry extends LeftOut {
  /** Path in the snapshot. */
  readonly path: string;
  readonly isFolder: boolean;
}

export type Walked = WalkedEntry | WalkedProblem;

const STAGING = Buffer.from(RESTORE_STAGING_FOLDER);
const UNDO = Buffer.from(UNDO_FOLDER);

/**
 * Walks one source in the order of the manifest (`orderKey`). Symlinks are never followed. Names are bytes: they need not be UTF-8.
 *
 * Directory reads are synchronous on purpose: 68,000 entries cost 0.4 s of CPU that way and 1.5 s through promises
 * (Node 20); between entries the caller awaits, so other work goes on.
 *
 * What the source's rules leave out is given as such, and not entered. A source that is a file is taken whatever they say: they choose among what is in a folder.
 *
 * @param leaveOut absolute real paths that are not entered.
 */
export function* walkSource(source: ResolvedSource, leaveOut: ReadonlySet<string>): Generator<Walked> {
  const location = Buffer.from(source.realPath);
  const pathBytes = Buffer.from(source.entryPath);
  if (source.madeFolder !== undefined) {
    const made = statOf(pathBytes, location);
    if ('problem' in made) yield made;
    else
      yield {
        pathBytes: Buffer.from(source.madeFolder),
        location,
        type: 'directory',
        stats: madeFolderStats(made.stats),
      };
    if ('problem' in made) return;
  }
  const isFolder = source.type === 'directory';
  yield* walkMet({ pathBytes, location, isFolder, verdict: 'take', from: source.rules }, leaveOut);
}

/** A name that has been read in its folder, and is to be looked at. */
interface Named {
  readonly pathBytes: Buffer;
  readonly location: Buffer;
  /** It was one when its folder was read. */
  readonly isFolder: boolean;
  readonly verdict: Exclude<Verdict, LeftOut>;
  /** The rules of a source, for its top; of anything below the filter of its folder, and the name that it has there. */
  readonly from: SourceRules | { readonly filter: FolderFilter; readonly name: Buffer };
}

/** A folder that has been met. */
interface MetFolder {
  readonly folder: BigIntStats;
  /** Why nothing of what is in it is taken. */
  readonly leftOut: LeftOut | undefined;
}

function* walkMet(named: Named, leaveOut: ReadonlySet<string>): Generator<Walked> {
  const met = meet(named, leaveOut);
  if ('folder' in met) yield* walkMetFolder(named, met, leaveOut);
  else yield met;
}

/** Looks at one name. No generator: most of what is met is no folder, and a generator for each would cost as much as the look. */
function meet(named: Named, leaveOut: ReadonlySet<string>): Walked | MetFolder {
  const { pathBytes, location, from } = named;
  if (leaveOut.size > 0 && leaveOut.has(location.toString())) return { leftOut: location.toString() };
  const seen = statOf(pathBytes, location);
  if ('problem' in seen) return seen;
  const { stats } = seen;
  const leftOut = 'filter' in from ? from.filter.judgeStats(stats) : undefined;
  // Its place in the order was that of what it was: what has just taken its name belongs elsewhere.
  if (stats.isDirectory() !== named.isFolder)
    return problemOf('VANISHED', pathBytes, 'something else took its place while it was to be read');
  if (named.isFolder) return { folder: stats, leftOut };
  if (leftOut !== undefined) return byRule(pathBytes, false, leftOut);
  if (stats.isFile()) return { pathBytes, location, type: 'file', stats };
  if (stats.isSymbolicLink()) return linkAt(pathBytes, location, stats);
  return problemOf('SPECIAL_FILE', pathBytes, `a ${specialKind(stats)} is not stored`);
}

function* walkMetFolder(named: Named, met: MetFolder, leaveOut: ReadonlySet<string>): Generator<Walked> {
  const { pathBytes, location, verdict } = named;
  const { folder: stats, leftOut } = met;
  if (leftOut !== undefined) {
    // A mount point is a folder of the source all the same; what is in it is not.
    if (verdict === 'take') yield { pathBytes, location, type: 'directory', stats };
    yield byRule(pathBytes, true, leftOut);
  } else if (verdict === 'take') yield* walkFolder(named, stats, leaveOut);
  else yield* walkPassage(named, stats, leaveOut);
}

/** A folder that is taken only if something in it is. */
function* walkPassage(named: Named, stats: BigIntStats, leaveOut: ReadonlySet<string>): Generator<Walked> {
  let pending: Walked | undefined;
  let isTold = false;
  for (const walked of walkFolder(named, stats, leaveOut)) {
    // As a cache, say: one reason is enough.
    if ('byRule' in walked && walked.leftOutPath === named.pathBytes) isTold = true;
    if ('pathBytes' in walked && walked.pathBytes === named.pathBytes) pending = walked;
    else {
      if ('pathBytes' in walked && pending !== undefined) {
        yield pending;
        pending = undefined;
      }
      yield walked;
    }
  }
  if (pending === undefined || isTold) return;
  yield { byRule: { path: named.pathBytes.toString('utf8'), isFolder: true, reason: 'notIncluded' } };
}

function* walkFolder(named: Named, stats: BigIntStats, leaveOut: ReadonlySet<string>): Generator<Walked> {
  const { pathBytes, location } = named;
  let children: Child[];
  try {
    children = readChildren(location);
  } catch (error) {
    yield readProblem(pathBytes, error, 'its folder could not be read');
    // The folder itself is known all the same.
    if (errorCode(error) !== 'ENOENT') yield { pathBytes, location, type: 'directory', stats };
    return;
  }
  yield { pathBytes, location, type: 'directory', stats };
  const { from } = named;
  const own = 'filter' in from ? from.filter.enter(from.name, named.verdict) : FolderFilter.top(from, stats);
  const found: FoundInFolder = findRules(own, children, (name) => ({
    location: joinBytes(location, name),
    path: joinBytes(pathBytes, name).toString('utf8'),
  }));
  for (const doubt of found.doubts) yield { doubt };
  if (found.cacheTag !== undefined) yield byRule(pathBytes, true, { reason: 'cache' });
  const { filter, cacheTag } = found;
  for (const child of children) {
    const { name, isFolder } = child;
    // What restores have replaced may lie here. A restore in place stages here, and one that was killed has left it: what is in it was never a file of the source.
    const isOurs = name.equals(UNDO) || (name.equals(STAGING) && isStagingFolder(joinBytes(location, name)));
    if (isFolder && isOurs) {
      yield { leftOut: joinBytes(location, name).toString() };
      continue;
    }
    if (cacheTag !== undefined && child !== cacheTag) continue;
    const childPath = joinBytes(pathBytes, name);
    const verdict = filter.judgeName(name, isFolder);
    if (typeof verdict === 'object') {
      // Of the mark of a cache that nothing includes it has been said.
      if (child !== cacheTag || verdict.reason !== 'notIncluded') yield byRule(childPath, isFolder, verdict);
      continue;
    }
    const below = {
      pathBytes: childPath,
      location: joinBytes(location, name),
      isFolder,
      verdict,
      from: { filter, name },
    };
    if (isFolder) yield* walkMet(below, leaveOut);
    else {
      const walked = meet(below, leaveOut);
      if (!('folder' in walked)) yield walked;
    }
  }
}

function byRule(pathBytes: Buffer, isFolder: boolean, leftOut: LeftOut): WalkedProblem {
  return { byRule: { path: pathBytes.toString('utf8'), isFolder, ...leftOut }, leftOutPath: pathBytes };
}

function statOf(pathBytes: Buffer, location: Buffer): { stats: BigIntStats } | { problem: Problem } {
  try {
    return { stats: withinReach(location, (address) => lstatSync(address, { bigint: true })) };
  } catch (error) {
    return readProblem(pathBytes, error, 'it could not be looked at');
  }
}

function linkAt(pathBytes: Buffer, location: Buffer, stats: BigIntStats): Walked {
  try {
    const linkTarget = withinReach(location, (address) => readlinkSync(address, { encoding: 'buffer' }));
    return { pathBytes, location, type: 'symlink', stats, linkTarget };
  } catch (error) {
    return readProblem(pathBytes, error, 'the link could not be read');
  }
}

/** The problem that an error of the system makes of a path: gone, or not readable. */
export function readProblem(pathBytes: Buffer, error: unknown, what: string): { problem: Problem } {
  if (errorCode(error) === 'ENOENT')
    return problemOf('VANISHED', pathBytes, 'it was gone when it was to be read', error);
  return problemOf('UNREADABLE', pathBytes, `${what}: ${reasonOf(error)}`, error);
}

function problemOf(code: Problem['code'], pathBytes: Buffer, message: string, cause?: unknown): { problem: Problem } {
  return { problem: { code, path: pathBytes.toString('utf8'), message, cause } };
}

function specialKind(stats: BigIntStats): string {
  if (stats.isSocket()) return 'socket';
  if (stats.isFIFO()) return 'named pipe';
  return stats.isBlockDevice() || stats.isCharacterDevice() ? 'device' : 'file of unknown kind';
}

/** What a folder that exists only in the snapshot is given: the time and owner of the file below it, and the usual mode. */
function madeFolderStats(fileStats: BigIntStats): BigIntStats {
  return Object.assign(Object.create(Object.getPrototypeOf(fileStats) as object), fileStats, {
    mode: 0o040755n,
  }) as BigIntStats;
}
