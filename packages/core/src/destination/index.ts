export { type AttributeRules, applyToDescriptor, applyToFolder, attributeRules } from './attributes.js';
export { FolderHandle, NotAFolder } from './folder-handle.js';
export { isSystemError, nameOf, OpenFolder } from './open-folder.js';
export { ContentMismatch, linkAside, publishFile, stageFile } from './place-file.js';
export { placeLink } from './place-link.js';
export { claimRestoreStaging, type RestoreStaging } from './restore-staging.js';
export { findRestored } from './restored-tree.js';
export { standingFile } from './standing-file.js';
