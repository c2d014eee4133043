export { askInspector, shortText } from './ask-inspector.js';
export { entryContentOf } from './entry-content-of.js';
export { ExportPlaces } from './export-places.js';
export { ExportSpool, type SpooledExport, TooManyExports } from './export-spool.js';
export { ContentHolder, type HeldContent, holdContent } from './held-content.js';
export { KeptFault } from './kept-fault.js';
export { formatsOf, inspectorFault } from './usable-inspector.js';
