import {
  type DirectoryEntry,
  type FileEntry,
  linkTargetBytesOf,
  type SymlinkEntry,
  sameXattrs,
} from '../../snapshot/index.js';

/** A file of which perhaps only its attributes are known: a live one whose bytes did not have to be read. */
export type ComparedFile = Omit<FileEntry, 'sha256' | 'stable' | 'key'> & { readonly sha256?: string };

/** An entry of either side of a comparison. */
export type ComparedEntry = ComparedFile | DirectoryEntry | SymlinkEntry;

/** What of an entry differs. `target`: where a link points. */
export type ChangedPart = 'type' | 'content' | 'target' | 'mode' | 'time' | 'owner' | 'xattrs';

/** How entries are compared. */
export interface Comparison {
  /** Times that are no further apart are equal. */
  readonly toleranceNs: bigint;
  /** Are the extended attributes of both sides known? Those of live files are not looked at. */
  readonly xattrs: boolean;
}

/** One difference. */
export interface Change {
  /** `metadata`: only mode, time, owner or extended attributes. */
  readonly kind: 'added' | 'removed' | 'changed' | 'moved' | 'metadata';
  /** Where it is now; of something removed, where it was. */
  readonly path: string;
  /** Absent of what was added. */
  readonly before?: ComparedEntry;
  /** Absent of what was removed. */
  readonly after?: ComparedEntry;
  /** Empty for what was added or removed, or moved as it was. */
  readonly parts: readonly ChangedPart[];
}

/**
 * The parts in which two entries of one path differ. Contents count as different unless both hashes are known and equal. The time of
 * a folder does not count: it moves with every name in it; nor do the permissions of a link, which have no meaning.
 */
export function differingParts(
  before: ComparedEntry,
  after: ComparedEntry,
  { toleranceNs, xattrs }: Comparison,
): ChangedPart[] {
  if (before.type !== after.type) return ['type'];
  const parts: ChangedPart[] = [];
  if (before.type === 'file' && after.type === 'file' && !sameBytes(before, after)) parts.push('content');
  if (before.type === 'symlink' && after.type === 'symlink' && !sameTarget(before, after)) parts.push('target');
  // With new content comes a new time.
  const isChanged = parts.length > 0;
  if (before.type !== 'symlink' && before.mode !== after.mode) parts.push('mode');
  if (!isChanged && before.type !== 'directory' && !sameTime(before, after, toleranceNs)) parts.push('time');
  if (differ(before.uid, after.uid) || differ(before.gid, after.gid)) parts.push('owner');
  if (xattrs && !sameXattrs(before.xattrs, after.xattrs)) parts.push('xattrs');
  return parts;
}

function sameBytes(before: ComparedFile, after: ComparedFile): boolean {
  return before.sizeBytes === after.sizeBytes && before.sha256 !== undefined && before.sha256 === after.sha256;
}

function sameTarget(before: SymlinkEntry, after: SymlinkEntry): boolean {
  return linkTargetBytesOf(before).equals(linkTargetBytesOf(after));
}

function sameTime(before: ComparedEntry, after: ComparedEntry, toleranceNs: bigint): boolean {
  if (before.mtimeNs === after.mtimeNs) return true;
  const apartNs = BigInt(before.mtimeNs) - BigInt(after.mtimeNs);
  return -toleranceNs <= apartNs && apartNs <= toleranceNs;
}

/** A number that one side does not have says nothing: a system without owners, say. */
function differ(before: number | undefined, after: number | undefined): boolean {
  return before !== undefined && after !== undefined && before !== after;
}
