/** The target's header. */
export const TARGET_HEADER_KEY = '.holdfast/target.json';

/** A tombstone for each removed snapshot, by its id. */
export const TRASH_PREFIX = '.holdfast/trash/';
/** A mark for each snapshot that a prune has deleted, or is deleting, by its id. */
export const PRUNED_PREFIX = '.holdfast/pruned/';
/** What the last `undo` of a removal brought back. */
export const UNDONE_KEY = '.holdfast/undone.json';

/** Written, looked at and deleted by a prune, which so asks what time it is in the store. */
export const CLOCK_KEY = '.holdfast/clock';

/** Keys of a plain snapshot, below its folder. */
export const RECORD_KEY = '.holdfast/snapshot.json';
export const MANIFEST_KEY = '.holdfast/manifest.jsonl';
export const SHA256SUMS_KEY = '.holdfast/SHA256SUMS';
export const RESTORE_TEXT_KEY = '.holdfast/RESTORE.txt';
export const ALIAS_PREFIX = '.holdfast/alias/';

/** A record is a few kilobytes; a longer object is no record, and is not written. */
export const MAX_RECORD_BYTES: number = 4 * 1024 * 1024;

/** The version of the format that this program writes, and the newest it reads. */
export const FORMAT_VERSION = 1;

/** Where a snapshot lies: `<id>/`, or `''` where the target is itself one snapshot. */
export type SnapshotPrefix = string;
