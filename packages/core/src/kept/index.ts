export { xattrsAt } from './give-kept-attributes.js';
export { noRoom } from './keep-faults.js';
export { Keeper } from './keeper.js';
export { sweepBesideHome } from './kept-home.js';
export { type After, afterOf, type KeptItem } from './kept-item.js';
export { isKept, ownNamesIn } from './kept-names.js';
export {
  type FoundRecord,
  homesOf,
  itemsOf,
  type KeptJob,
  type KeptRecord,
  readRecord,
  readRecords,
  recordFolder,
  recordIds,
  removeRecord,
  writeRecord,
} from './kept-record.js';
export { LivePaths } from './live-paths.js';
export { isChangedSince, needOf } from './needs.js';
export { type PutBackAction, putBack } from './put-back.js';
