import { type BigIntStats, constants, fstatSync, lstatSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, RESERVED_STAGING_NAMES, type StagingClaim, sameTime } from '@holdfast/core/files';
import type { ObjectAttributes } from '@holdfast/core/target';
import type { Place } from './place.js';
import { discard } from './stage-file.js';
import { setFileAttributes, storedFileMode } from './stored-attributes.js';

/** The file to copy, looked up without following links. */
export interface CopySource {
  readonly path: string;
  readonly stats: BigIntStats;
}

/** How a copy came about; a clone has a descriptor that is to be flushed and closed. */
export type CopyOutcome =
  | { readonly kind: 'clone'; readonly descriptor: number }
  | { readonly kind: 'link' }
  | { readonly kind: 'refused'; readonly reason: string; readonly cause?: unknown };

/** The file system cannot clone at all. */
const NEVER_CLONES: ReadonlySet<string | undefined> = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOTTY', 'ENOSYS', 'EINVAL']);
/** It cannot clone, or link, this file. `EMLINK`: 65,000 names on ext4, 1,023 on NTFS. */
const NOT_THIS_ONE: ReadonlySet<string | undefined> = new Set([
  ...NEVER_CLONES,
  'EXDEV',
  'EPERM',
  'EACCES',
  'EMLINK',
  'EAGAIN',
  'ETXTBSY',
]);

const READ_ONLY: number = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/**
 * Makes `to` hold the bytes of `from` without reading them: by a clone, which is a file of its own; else by a hard link, only if
 * what would be stored is equal in every way, for one inode has one mode, owner and time. What is not asked for is taken
 * over from the source.
 *
 * @throws the error of the system where the medium fails (`ENOSPC`, `EIO`, …); nothing is left then
 */
export async function copyFileCheaply(
  place: Place,
  claim: StagingClaim,
  from: CopySource,
  to: string,
  wanted: ObjectAttributes,
): Promise<CopyOutcome> {
  const attributes = {
    mode: wanted.mode ?? Number(from.stats.mode & 0o7777n),
    mtimeNs: wanted.mtimeNs ?? from.stats.mtimeNs,
  };
  if (place.clones !== false) {
    const descriptor = await clone(place, from, to, attributes);
    if (descriptor !== undefined) return { kind: 'clone', descriptor };
  }
  const difference = differenceOf(from.stats, attributes, claim);
  if (difference !== undefined) return { kind: 'refused', reason: difference };
  return link(place, from, to);
}

async function clone(
  place: Place,
  from: CopySource,
  to: string,
  attributes: ObjectAttributes,
): Promise<number | undefined> {
  place.onStep?.({ kind: 'clone', path: to });
  try {
    await place.means.clone(from.path, to);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'EEXIST') rmSync(to, { force: true });
    if (!NOT_THIS_ONE.has(code)) throw error;
    if (NEVER_CLONES.has(code)) place.clones ??= false;
    return undefined;
  }
  place.clones = true;
  const descriptor = openSync(to, READ_ONLY);
  try {
    const { size } = fstatSync(descriptor, { bigint: true });
    if (size !== from.stats.size) throw Object.assign(new Error('the source has changed'), { code: 'EIO' });
    setFileAttributes(descriptor, attributes);
    return descriptor;
  } catch (error) {
    discard(descriptor, to);
    throw error;
  }
}

/** Why a hard link would not be the object that was asked for. */
function differenceOf(stats: BigIntStats, wanted: ObjectAttributes, claim: StagingClaim): string | undefined {
  if (stats.mode % 0o10000n !== BigInt(storedFileMode(wanted.mode))) return 'its permissions would be others';
  if (wanted.mtimeNs !== undefined && !sameTime(stats.mtimeNs, wanted.mtimeNs)) return 'its time would be another';
  const owner = newFileOwner(claim);
  return stats.uid === owner.uid && stats.gid === owner.gid ? undefined : 'its owner would be another';
}

/** Who owns a file that this process makes in the store: seen from one that it has just made. */
export function newFileOwner(claim: StagingClaim): Pick<BigIntStats, 'uid' | 'gid'> {
  const [name = ''] = RESERVED_STAGING_NAMES;
  const { uid, gid } = statSync(join(claim.path, name), { bigint: true });
  return { uid, gid };
}

function link(place: Place, from: CopySource, to: string): CopyOutcome {
  place.onStep?.({ kind: 'link', path: to });
  try {
    place.means.link(from.path, to);
  } catch (error) {
    if (!NOT_THIS_ONE.has(errorCode(error))) throw error;
    return { kind: 'refused', reason: `the file system gives it no further name (${errorCode(error)})`, cause: error };
  }
  // What was looked at and what was linked must be one: the name could have been given to another file in between.
  const linked = lstatSync(to, { bigint: true });
  if (linked.ino === from.stats.ino && linked.dev === from.stats.dev) return { kind: 'link' };
  rmSync(to, { force: true });
  return { kind: 'refused', reason: 'it is just being replaced' };
}
