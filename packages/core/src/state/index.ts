export { type FileVersion, FileVersions, isSameVersion, isSettled, versionOf } from './file-versions.js';
export {
  abandonRestore,
  beginRestore,
  dismissRestores,
  endRestore,
  type InterruptedRestore,
  interruptedRestores,
} from './restore-journal.js';
export { knownSourceIdentity, sourceIdentity } from './source-identity.js';
export { type LeftJournal, leftJournals, StagingJournal } from './staging-journal.js';
