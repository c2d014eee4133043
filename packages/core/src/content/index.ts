export { askInspector } from './ask-inspector.js';
export { entryContentOf } from './entry-content-of.js';
export { ContentHolder, type HeldContent, holdContent } from './held-content.js';
