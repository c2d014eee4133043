export { type BackupOptions, type BackupSummary, type BackupTargetSummary, backup } from './backup.js';
export { type ClearedUndo, type ClearUndoOptions, clearUndo, UNDO_DAYS, UNDO_RECORDS } from './clear-undo.js';
export { type ComparedContents, compareContents } from './compare-contents.js';
export {
  type ContentHistory,
  type ContentHistoryOptions,
  contentHistory,
  type PathHistory,
  type VersionContent,
} from './content-history.js';
export type { ContentPlace, LookOptions } from './content-place.js';
export type { ContentCounts } from './content-tally.js';
export type { DeletionSummary } from './deletion-list.js';
export { type Diff, type DiffOptions, type DiffSummary, diff } from './diff.js';
export type { ChangedContents } from './diff-contents.js';
export type { Change, ChangedPart, ComparedEntry, ComparedFile } from './diff-entry.js';
export type { LiveOptions } from './diff-sources.js';
export { type DismissedRestore, dismissInterruptedRestores } from './dismiss.js';
export { type ExportOptions, type ExportSummary, exportSnapshot } from './export.js';
export { type ExportContentOptions, type ExportedContent, exportContent } from './export-content.js';
export { type ExportPartsOptions, type ExportPartsSummary, exportParts, type WrittenPart } from './export-parts.js';
export { type FindPathsOptions, type FindPathsSummary, findPaths } from './find-paths.js';
export { type FoundPath, type FoundVersion, MAX_FOUND_VERSIONS } from './found-paths.js';
export { guard } from './guard.js';
export type { FailureChoice, GuardedRun, GuardFailure, GuardOptions, GuardOutcome } from './guard-options.js';
export type { GivenBack } from './guard-restore.js';
export type { RollBackSummary } from './guard-roll-back.js';
export type { Uncovered } from './guard-settling.js';
export { type InspectedContent, inspectContent, recordedContent } from './inspect-content.js';
export {
  dismissGuard,
  type LeftGuard,
  type LeftGuardOptions,
  leftGuards,
  leftGuardsOn,
  rollBackGuard,
} from './left-guards.js';
export { type ListSnapshotsOptions, listSnapshots, type SnapshotListing } from './list.js';
export { type MirrorOptions, type MirrorSummary, mirror } from './mirror.js';
export { type Clock, MAX_KEPT_PROBLEMS, type OperationOptions, systemClock, type Trouble } from './options.js';
export type { RemovableSnapshot } from './own-objects.js';
export {
  type PreviewOptions,
  type PreviewSummary,
  type PreviewTargetSummary,
  previewBackup,
} from './preview-backup.js';
export type { FileChange } from './preview-files.js';
export type { PreviewCounts, PreviewItem } from './preview-walk.js';
export { type PrunedSnapshot, type PruneOptions, type PruneSummary, prune, TRASH_DAYS } from './prune.js';
export {
  type FindRemovableOptions,
  findRemovable,
  type RemoveOptions,
  type RemoveSummary,
  remove,
} from './remove.js';
export { type RestoreOptions, type RestoreQuestion, type RestoreSummary, restore } from './restore.js';
export { type FindOptions, type FoundSnapshot, findSnapshot } from './select.js';
export { type ShownSnapshot, type ShowOptions, showSnapshot } from './show.js';
export type { SpaceForecast } from './space-forecast.js';
export { type UndoRemovalOptions, type UndoSummary, undoRemoval } from './undo.js';
export type { UndoCounts } from './undo-look.js';
export {
  type UndoQuestion,
  type UndoRestoreOptions,
  type UndoRestoreSummary,
  undoRestore,
} from './undo-restore.js';
export { newestRemoval, removalOf, type UndoableRemoval } from './undoable.js';
export {
  dismissUndos,
  newestRestore,
  restoreNamed,
  type UndoableRestore,
  undoableRestores,
} from './undoable-restore.js';
export { type VerifyOptions, type VerifySummary, verify } from './verify.js';
export type { AgainstSummary } from './verify-against.js';
