import { type BigIntStats, readlinkSync } from 'node:fs';
import { sameTime } from '../files/index.js';
import type { After, Before, KeptAttributes, KeptItem } from './kept-item.js';
import type { LiveThing } from './live-paths.js';

/**
 * What is to be done at a path so that it is as before: `nothing`; take away what was `absent`; put back what is missing (`make`) or another
 * one (`replace`); `set` attributes only; `leave` it, because only its attributes were set and it is another file by now.
 */
export type Need = 'nothing' | 'remove' | 'make' | 'replace' | 'set' | 'leave';

/** Compares what is there now with what was there before. */
export function needOf({ before, after }: KeptItem, { stats, address }: LiveThing): Need {
  if (before.type === 'absent') return stats === undefined ? 'nothing' : 'remove';
  if (before.type === 'directory') {
    if (stats === undefined) return 'make';
    if (!stats.isDirectory()) return 'replace';
    return hasKeptAttributes(stats, before, setsTimes(after, stats)) && before.xattrs === undefined ? 'nothing' : 'set';
  }
  if (before.type === 'symlink') {
    if (stats === undefined) return 'make';
    if (!isLinkTo(stats, address, before.linkTarget)) return 'replace';
    const isOnlyOlder =
      after?.type === 'symlink' && isAsPut(after, stats, address) && !hasLinkAttributes(stats, before);
    return isOnlyOlder ? 'replace' : 'nothing';
  }
  if (stats === undefined) return before.isOnlySet ? 'leave' : 'make';
  if (!isSameFile(before, stats)) return before.isOnlySet ? 'leave' : 'replace';
  if (hasKeptAttributes(stats, before, true) && before.xattrs === undefined) return 'nothing';
  return isAsPut(after, stats, address) ? 'set' : before.isOnlySet ? 'leave' : 'nothing';
}

/** Has somebody changed what was put there? Where nothing is known of that it counts as unchanged. */
export function isChangedSince({ after }: KeptItem, live: LiveThing): boolean {
  return after !== undefined && !isAsPut(after, live.stats, live.address);
}

function isAsPut(after: After | undefined, stats: BigIntStats | undefined, address: Buffer | string): boolean {
  switch (after?.type) {
    case undefined:
      return true;
    case 'absent':
      return stats === undefined;
    case 'directory':
      return stats?.isDirectory() === true;
    case 'symlink':
      return stats !== undefined && isLinkTo(stats, address, after.linkTarget);
    case 'file':
      return (
        stats?.isFile() === true &&
        stats.size === BigInt(after.sizeBytes) &&
        sameTime(stats.mtimeNs, BigInt(after.mtimeNs))
      );
    default:
      return stats !== undefined;
  }
}

function isLinkTo(stats: BigIntStats, address: Buffer | string, linkTarget: string): boolean {
  return stats.isSymbolicLink() && readlinkSync(address, 'buffer').toString('base64') === linkTarget;
}

function isSameFile(before: Extract<Before, { inode: string }>, stats: BigIntStats): boolean {
  return before.device === String(stats.dev) && before.inode === String(stats.ino);
}

/** A folder in which somebody has put something since keeps its times. */
export function setsTimes(after: After | undefined, stats: BigIntStats | undefined): boolean {
  if (after?.type !== 'directory' || after.mtimeNs === undefined || stats === undefined) return true;
  return sameTime(stats.mtimeNs, BigInt(after.mtimeNs));
}

/** Are owner and time of a link as they were? Its mode means nothing. */
function hasLinkAttributes(stats: BigIntStats, kept: KeptAttributes): boolean {
  return hasKeptAttributes(stats, { ...kept, mode: Number(stats.mode & 0o7777n) }, true);
}

/** Are mode, owner and time as they were? */
export function hasKeptAttributes(stats: BigIntStats, kept: KeptAttributes, times: boolean): boolean {
  return (
    Number(stats.mode & 0o7777n) === kept.mode &&
    Number(stats.uid) === kept.uid &&
    Number(stats.gid) === kept.gid &&
    (!times || sameTime(stats.mtimeNs, BigInt(kept.mtimeNs)))
  );
}
