export { type DataRun, dataRuns } from './data-runs.js';
export {
  type FileFlusher,
  type FileFlusherOptions,
  type FlushScope,
  type FlushWay,
  fileFlusher,
  SMALL_FILE_BYTES,
} from './file-flusher.js';
export { fileSystemOf } from './file-system.js';
export { type FileSystem, type FileSystemKind, factsOf, type SeenAtPath } from './file-system-facts.js';
export { isLeftBySystem } from './left-by-system.js';
export { type MadeFolders, type MakeFoldersOptions, makeFolders, syncMadeFolders } from './make-folders.js';
export { mountPointsBelow } from './mount-points.js';
export { errorCode } from './node-error.js';
export { publishByLink, publishByRename, type RenameOptions, renameWithRetry } from './publish.js';
export { realPathToBe } from './real-path.js';
export { type SharedBytes, sharedMemoryOf } from './shared-memory.js';
export {
  claimStaging,
  removeEmptyFolders,
  type StagingClaim,
  type StagingOptions,
} from './staging.js';
export { type AdoptStagingOptions, adoptStaging, LEFT } from './staging-adoption.js';
export { isStagingFolder, RESERVED_STAGING_NAMES, takeAway } from './staging-folder.js';
export {
  type HostView,
  isAlive,
  isDead,
  type SeenProcess,
  STALE_AFTER_MS,
  type StagingOwner,
  thisHost,
} from './staging-owner.js';
export { hasEnded, type StagedResidue, type SweepResidueOptions, sweepResidue, sweepStaging } from './staging-sweep.js';
export type { FileStep, FileStepKind, StepObserver, StepOptions } from './step.js';
export { NO_FOLDER_SYNC, type SyncFoldersOptions, syncFolder, syncFolders } from './sync-folder.js';
export { type SyncPool, syncPool } from './sync-pool.js';
export { type SystemFault, systemFault } from './system-error.js';
export { type ErrorPlace, operationFault, systemTargetError } from './target-error.js';
export { runInThread, type ThreadJob, threadJob } from './threads.js';
export { sameTime, secondsOf, TIME_TOLERANCE_NS } from './time.js';
export { type TreeSize, treeSize } from './tree-size.js';
export { MAX_DIRTY_BYTES, thisSystem, type WholeSyncSystem } from './whole-sync.js';
export { withinReach } from './within-reach.js';
export { parseXattrDump, xattrDump } from './xattr-dump.js';
export {
  readOpenXattrs,
  readXattrs,
  removeXattrAt,
  removeXattrs,
  setXattrs,
  type XattrOrder,
  type XattrReading,
  type XattrTools,
  xattrTools,
} from './xattr-tools.js';
