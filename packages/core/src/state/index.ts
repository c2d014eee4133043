export { type FileVersion, FileVersions, isSameVersion, isSettled, versionOf } from './file-versions.js';
export { claimGuard } from './guard-claim.js';
export { type GuardedSource, type GuardPhase, type GuardRecord, guardsTheSame } from './guard-record.js';
export { beat, forgetGuardRun, guardRuns, sweepNoted, writeGuardRun } from './guard-runs.js';
export { type NotedEntry, readNoted, writeNoted } from './noted-entries.js';
export { replaceFile } from './replace-file.js';
export {
  abandonRestore,
  beginRestore,
  dismissRestores,
  endRestore,
  forgetRestores,
  type InterruptedRestore,
  interruptedRestores,
} from './restore-journal.js';
export { knownSourceIdentity, sourceIdentity } from './source-identity.js';
export { type LeftJournal, leftJournals, StagingJournal } from './staging-journal.js';
export { type StateDirectorySources, stateDirectory } from './state-directory.js';
