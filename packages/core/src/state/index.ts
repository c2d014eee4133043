export { type FileVersion, FileVersions, isSameVersion, isSettled, versionOf } from './file-versions.js';
export { sourceIdentity } from './source-identity.js';
