export { type BackupOptions, type BackupSummary, type BackupTargetSummary, backup } from './backup/backup.js';
export type { ContentCounts } from './backup/content-tally.js';
export { type ComparedContents, compareContents } from './contents/compare-contents.js';
export {
  type ContentHistory,
  type ContentHistoryOptions,
  contentHistory,
  type PathHistory,
  type VersionContent,
} from './contents/content-history.js';
export type { ContentPlace, LookOptions } from './contents/content-place.js';
export { type ExportContentOptions, type ExportedContent, exportContent } from './contents/export-content.js';
export {
  type ExportPartsOptions,
  type ExportPartsSummary,
  exportParts,
  type WrittenPart,
} from './contents/export-parts.js';
export { type InspectedContent, inspectContent, recordedContent } from './contents/inspect-content.js';
export { type Diff, type DiffOptions, type DiffSummary, diff } from './diff/diff.js';
export type { ChangedContents } from './diff/diff-contents.js';
export type { Change, ChangedPart, ComparedEntry, ComparedFile } from './diff/diff-entry.js';
export type { LiveOptions } from './diff/diff-sources.js';
export { guard } from './guard/guard.js';
export type { FailureChoice, GuardedRun, GuardFailure, GuardOptions, GuardOutcome } from './guard/guard-options.js';
export type { GivenBack } from './guard/guard-restore.js';
export type { RollBackSummary } from './guard/guard-roll-back.js';
export type { Uncovered } from './guard/guard-settling.js';
export {
  dismissGuard,
  type LeftGuard,
  type LeftGuardOptions,
  leftGuards,
  leftGuardsOn,
  rollBackGuard,
} from './guard/left-guards.js';
export { type FindPathsOptions, type FindPathsSummary, findPaths } from './look/find-paths.js';
export { foreignFile } from './look/foreign-file.js';
export { type FoundPath, type FoundVersion, MAX_FOUND_VERSIONS } from './look/found-paths.js';
export { type ListSnapshotsOptions, listSnapshots, type SnapshotListing } from './look/list.js';
export { type ShownSnapshot, type ShowOptions, showSnapshot } from './look/show.js';
export { type ExportOptions, type ExportSummary, exportSnapshot } from './mirror/export.js';
export { type MirrorOptions, type MirrorSummary, mirror } from './mirror/mirror.js';
export { type Clock, MAX_KEPT_PROBLEMS, type OperationOptions, systemClock, type Trouble } from './options.js';
export type { RemovableSnapshot } from './own-objects.js';
export {
  type PreviewOptions,
  type PreviewSummary,
  type PreviewTargetSummary,
  previewBackup,
} from './preview/preview-backup.js';
export type { FileChange } from './preview/preview-files.js';
export type { PreviewCounts, PreviewItem } from './preview/preview-walk.js';
export { type PrunedSnapshot, type PruneOptions, type PruneSummary, prune, TRASH_DAYS } from './remove/prune.js';
export {
  type FindRemovableOptions,
  findRemovable,
  type RemoveOptions,
  type RemoveSummary,
  remove,
} from './remove/remove.js';
export { type UndoRemovalOptions, type UndoSummary, undoRemoval } from './remove/undo-removal.js';
export { newestRemoval, removalOf, type UndoableRemoval } from './remove/undoable-removal.js';
export type { DeletionSummary } from './restore/deletion-list.js';
export { type RestoreOptions, type RestoreQuestion, type RestoreSummary, restore } from './restore/restore.js';
export { type FindOptions, type FoundSnapshot, findSnapshot } from './select.js';
export type { SpaceForecast } from './space-forecast.js';
export { type ClearedUndo, type ClearUndoOptions, clearUndo, UNDO_DAYS, UNDO_RECORDS } from './undo/clear-undo.js';
export { type DismissedRestore, dismissInterruptedRestores } from './undo/dismiss.js';
export type { UndoCounts } from './undo/undo-look.js';
export {
  type UndoQuestion,
  type UndoRestoreOptions,
  type UndoRestoreSummary,
  undoRestore,
} from './undo/undo-restore.js';
export {
  dismissUndos,
  newestRestore,
  restoreNamed,
  type UndoableRestore,
  undoableRestores,
} from './undo/undoable-restore.js';
export { type VerifyOptions, type VerifySummary, verify } from './verify/verify.js';
export type { AgainstSummary } from './verify/verify-against.js';
