export type {
  EventListener,
  HoldfastEvent,
  LeftOutReason,
  Note,
  OperationName,
  Problem,
  ProblemCode,
  Progress,
} from './events/index.js';
export { HoldfastError, type HoldfastErrorCode, type HoldfastErrorContext, isHoldfastError } from './holdfast-error.js';
export * from './operations/index.js';
export type { RemovalLabels, Tombstone } from './plain/index.js';
export {
  type ContentExports,
  type DirectoryEntry,
  displayName,
  type Entry,
  type EntryContent,
  type EntryPart,
  type FileEntry,
  flagsOf,
  isRefused,
  type LocatedEntry,
  literalPattern,
  type ManifestItem,
  type PathMatcher,
  pathPatterns,
  type RefusedEntry,
  type SnapshotCounts,
  type SnapshotEnvelope,
  type SnapshotFlag,
  type SnapshotPayload,
  type SnapshotRecord,
  type SnapshotSource,
  type SymlinkEntry,
} from './snapshot/index.js';
export type { FilterSpec, SourceSpec } from './source/index.js';
export { joinedFilter, sourceTaking } from './source/index.js';
export {
  type GuardedSource,
  type GuardPhase,
  type GuardRecord,
  type InterruptedRestore,
  interruptedRestores,
  type StateDirectorySources,
  stateDirectory,
} from './state/index.js';
export * from './target/index.js';
