export {
  type AttributeRules,
  applyOwner,
  applyToDescriptor,
  applyToFolder,
  applyToLink,
  attributeRules,
  hasAttributes,
  openToWriting,
  rulesFor,
} from './attributes.js';
export { FolderHandle, NotAFolder, openToOwner } from './folder-handle.js';
export { FolderTrail } from './folder-trail.js';
export { nameFault } from './name-fault.js';
export { type FinishFolder, isSystemError, nameOf, OpenFolder } from './open-folder.js';
export { ContentMismatch, linkAside, publishFile, removeStaged, stageFile } from './place-file.js';
export { placeLink, standingLink } from './place-link.js';
export { clearRestoreStaging } from './restore-staging.js';
export { lookAt, type Standing, standingFile } from './standing-file.js';
export { type FlushMeans, Volume } from './volume.js';
export { XattrSetter } from './xattr-setter.js';
