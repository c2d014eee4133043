export { type AskOptions, askInspector } from './ask-inspector.js';
export { entryContentOf, inspectionOf } from './entry-content-of.js';
export { ContentHolder, type HeldContent, holdContent } from './held-content.js';
