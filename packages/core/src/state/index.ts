export { type FileVersion, FileVersions, isSameVersion, isSettled, versionOf } from './file-versions.js';
export { knownSourceIdentity, sourceIdentity } from './source-identity.js';
