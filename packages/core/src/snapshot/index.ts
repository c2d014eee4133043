export { flagsOf } from './clock-flag.js';
export { displayName } from './display-name.js';
export {
  type DirectoryEntry,
  type Entry,
  type FileEntry,
  linkTargetBytesOf,
  pathBytesOf,
  type SymlinkEntry,
} from './entry.js';
export { type ContentExports, type EntryContent, type EntryPart, isWord, MAX_PART_NAME } from './entry-content.js';
export { isRefused, type LocatedEntry, type ManifestItem, type RefusedEntry } from './entry-judge.js';
export { ExportNames } from './export-names.js';
export { foldName, isOwnName, OWN_FOLDER, RESTORE_STAGING_FOLDER, UNDO_FOLDER } from './fold-name.js';
export { literalPattern, type PathMatcher, pathPatterns } from './path-pattern.js';
export {
  type FormatVersions,
  type ObjectProof,
  payloadSha256,
  type SnapshotCounts,
  type SnapshotEnvelope,
  type SnapshotFlag,
  type SnapshotPayload,
  type SnapshotRecord,
  type SnapshotRules,
  type SnapshotSource,
} from './record.js';
export { areTooLarge, isKeptXattr, restorableXattrs, sameXattrs, type Xattrs, xattrsDigest } from './xattrs.js';
