export { type AttributeRules, applyToDescriptor, applyToFolder, attributeRules } from './attributes.js';
export { FolderHandle, NotAFolder } from './folder-handle.js';
export { isSystemError, nameOf, OpenFolder } from './open-folder.js';
export { ContentMismatch, publishFile, type Standing, stageFile, standingFile } from './place-file.js';
export { placeLink } from './place-link.js';
