export {
  type FileFlusher,
  type FileFlusherOptions,
  type FlushScope,
  type FlushWay,
  fileFlusher,
  SMALL_FILE_BYTES,
} from './file-flusher.js';
export { type FileSystem, type FileSystemKind, factsOf, fileSystemOf, type SeenAtPath } from './file-system.js';
export { type MadeFolders, makeFolders, syncMadeFolders } from './make-folders.js';
export { errorCode } from './node-error.js';
export { publishByLink, publishByRename, type RenameOptions, renameWithRetry } from './publish.js';
export {
  claimStaging,
  RESERVED_STAGING_NAMES,
  removeEmptyFolders,
  type StagingClaim,
  type StagingOptions,
  sweepStaging,
} from './staging.js';
export {
  type HostView,
  isDead,
  type SeenProcess,
  STALE_AFTER_MS,
  type StagingOwner,
  thisHost,
} from './staging-owner.js';
export type { FileStep, FileStepKind, StepObserver, StepOptions } from './step.js';
export { type SyncFoldersOptions, syncFolder, syncFolders } from './sync-folder.js';
export { type SyncPool, syncPool } from './sync-pool.js';
export { type SystemFault, systemFault } from './system-error.js';
export { sameTime, secondsOf, TIME_TOLERANCE_NS } from './time.js';
export { MAX_DIRTY_BYTES, thisSystem, type WholeSyncSystem } from './whole-sync.js';
