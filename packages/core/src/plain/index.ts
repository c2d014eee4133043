export { type CatalogItem, holdsSnapshot, readCatalog, readItem, topNames } from './catalog.js';
export { RECORD_KEY, RESTORE_TEXT_KEY, SHA256SUMS_KEY, TARGET_HEADER_KEY } from './layout.js';
export { PlainSnapshot } from './plain-snapshot.js';
export { PlainWriter } from './plain-writer.js';
export { HashingReader, holdsContent, proofFault, readProven } from './read-object.js';
export { storeTimeMs, tombstoneTimeMs } from './store-time.js';
export { assertUsable, readTargetHeader, targetHeaderFault, writeTargetHeader } from './target-header.js';
export type { RemovalLabels, Tombstone } from './tombstone.js';
export {
  deleteTombstones,
  deleteUndone,
  hasPruned,
  isPruned,
  markedIds,
  markPruned,
  readTombstone,
  readTrash,
  readUndone,
  unmarkPruned,
  writeTombstone,
  writeUndone,
} from './trash.js';
export { readRefusal, writeRefusal } from './versions.js';
