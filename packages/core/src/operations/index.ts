export { type BackupOptions, type BackupSummary, type BackupTargetSummary, backup } from './backup.js';
export { type ListSnapshotsOptions, listSnapshots, type SnapshotListing } from './list.js';
export { type MirrorOptions, type MirrorSummary, mirror } from './mirror.js';
export { type Clock, MAX_KEPT_PROBLEMS, type OperationOptions, systemClock, type Trouble } from './options.js';
export { type RestoreOptions, type RestoreSummary, restore } from './restore.js';
export { type FindOptions, type FoundSnapshot, findSnapshot } from './select.js';
export { type ShownSnapshot, type ShowOptions, showSnapshot } from './show.js';
export { type VerifyOptions, type VerifySummary, verify } from './verify.js';
