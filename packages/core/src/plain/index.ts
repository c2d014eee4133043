export { type CatalogItem, readCatalog, readItem } from './catalog.js';
export {
  MANIFEST_KEY,
  RECORD_KEY,
  RESTORE_TEXT_KEY,
  SHA256SUMS_KEY,
  type SnapshotPrefix,
} from './layout.js';
export { PlainSnapshot } from './plain-snapshot.js';
export { PlainWriter } from './plain-writer.js';
export { HashingReader, proofFault, readAll, readProven } from './read-object.js';
export { contentKey } from './store-keys.js';
export { assertUsable, readTargetHeader, type TargetHeader, writeTargetHeader } from './target-header.js';
export { readRefusal, writeRefusal } from './versions.js';
