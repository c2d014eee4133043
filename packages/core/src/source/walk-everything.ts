import { type BigIntStats, lstatSync } from 'node:fs';
import { errorCode, isStagingFolder, withinReach } from '../files/index.js';
import { RESTORE_STAGING_FOLDER, UNDO_FOLDER } from '../snapshot/index.js';
import { type Child, joinBytes, readChildren } from './children.js';
import type { ResolvedSource } from './sources.js';

/** What has a name below a source. */
export interface MetEntry {
  /** The path that it has, or would have, in the snapshot. */
  readonly pathBytes: Buffer;
  /** Path on this machine. */
  readonly location: Buffer;
  /** `special`: a socket, a pipe, a device. */
  readonly kind: 'file' | 'directory' | 'symlink' | 'special';
  readonly stats: BigIntStats;
  /** Why a folder is not entered: it lies on another file system than the source, which is to stay on its own, or cannot be read. */
  readonly notEntered?: 'otherFileSystem' | 'unreadable';
  /** The error, of one that cannot be read. */
  readonly cause?: unknown;
}

/** What {@link walkEverything} needs of a source. */
export interface EverythingSource extends Pick<ResolvedSource, 'realPath' | 'entryPath'> {
  /** Folders on another file system are given, and not entered. */
  readonly oneFileSystem?: boolean | undefined;
}

/** How a walk goes about. */
export interface WalkEverythingOptions {
  /** Absolute real paths that are not entered, and not given. */
  readonly leaveOut: ReadonlySet<string>;
  /** Opens a folder that its mode closes, and gives what closes it again; `undefined` where that cannot be done. */
  readonly unclose?: ((location: Buffer) => (() => void) | undefined) | undefined;
}

const STAGING = Buffer.from(RESTORE_STAGING_FOLDER);
const UNDO = Buffer.from(UNDO_FOLDER);

/**
 * Walks all that stands in one source, in the order of the manifest: also what its rules leave out, and what cannot be stored. Follows
 * no link. What is gone while it is looked at is passed over; so are the staging folders of restores, and what they
 * have replaced.
 */
export function* walkEverything(source: EverythingSource, options: WalkEverythingOptions): Generator<MetEntry> {
  const location = Buffer.from(source.realPath);
  const stats = look(location);
  if (stats === undefined) return;
  const device = source.oneFileSystem === true ? stats.dev : undefined;
  yield* walkMet({ pathBytes: Buffer.from(source.entryPath), location, stats }, device, options);
}

type Named = Pick<MetEntry, 'pathBytes' | 'location' | 'stats'>;

function* walkMet(named: Named, device: bigint | undefined, options: WalkEverythingOptions): Generator<MetEntry> {
  const { pathBytes, location, stats } = named;
  const { leaveOut } = options;
  if (leaveOut.size > 0 && leaveOut.has(location.toString())) return;
  if (!stats.isDirectory()) {
    yield { ...named, kind: stats.isFile() ? 'file' : stats.isSymbolicLink() ? 'symlink' : 'special' };
    return;
  }
  if (device !== undefined && stats.dev !== device) {
    yield { ...named, kind: 'directory', notEntered: 'otherFileSystem' };
    return;
  }
  let close: (() => void) | undefined;
  try {
    const read = (): Child[] => readChildren(location);
    let children: readonly Child[];
    try {
      children = tryTwice(read, () => {
        close = options.unclose?.(location);
        return close !== undefined;
      });
    } catch (cause) {
      if (errorCode(cause) !== 'ENOENT') yield { ...named, kind: 'directory', notEntered: 'unreadable', cause };
      return;
    }
    yield { ...named, kind: 'directory' };
    for (const { name, isFolder } of children) {
      const below = joinBytes(location, name);
      if (isFolder && (name.equals(UNDO) || (name.equals(STAGING) && isStagingFolder(below)))) continue;
      const met = look(below);
      // Its place in the order was that of what it was.
      if (met === undefined || met.isDirectory() !== isFolder) continue;
      yield* walkMet({ pathBytes: joinBytes(pathBytes, name), location: below, stats: met }, device, options);
    }
  } finally {
    close?.();
  }
}

/** Once more, where the first time failed for want of rights and these could be had. */
function tryTwice<Result>(work: () => Result, getRights: () => boolean): Result {
  try {
    return work();
  } catch (error) {
    if (errorCode(error) !== 'EACCES' || !getRights()) throw error;
    return work();
  }
}

function look(location: Buffer): BigIntStats | undefined {
  return withinReach(location, (address) => lstatSync(address, { bigint: true, throwIfNoEntry: false }));
}
