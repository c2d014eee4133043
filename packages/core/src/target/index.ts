export { parseAddress, type TargetAddress } from './address.js';
export type { Durability, TargetCapabilities } from './capabilities.js';
export {
  isTargetError,
  TargetError,
  type TargetErrorCode,
  type TargetErrorContext,
  type TargetOperation,
} from './errors.js';
export { assertKeyFits, type KeyPlace, keyFaultOn, windowsNameFault } from './key-limits.js';
export {
  assertKey,
  assertRemovable,
  compareKeys,
  isOwnKey,
  keyBytes,
  keyFault,
  MAX_KEY_BYTES,
  OWN_ROOT,
  prefixFault,
} from './keys.js';
export {
  type AdoptRequest,
  adoptNothing,
  type CopyRequest,
  fulfilled,
  type ManyCalls,
  type Outcome,
  oneByOne,
  refuseAdoption,
  rejected,
  type SmallObject,
  withoutRefused,
} from './many.js';
export {
  bytesSource,
  emptySource,
  type ObjectAttributes,
  type ObjectInfo,
  type ObjectSource,
  type ObjectType,
  type StoreDigest,
} from './object.js';
export { type AdapterTable, type OpenOptions, openTarget, type TargetAdapter } from './open.js';
export { abortedError, type PiecesContext, piecesOf } from './pieces.js';
export { removeListed } from './remove-listed.js';
export { type RequestSizes, requestsOfCopy, requestsOfList, requestsOfPut } from './requests.js';
export {
  ABANDONED_AFTER_MS,
  type RemovedRoot,
  type RemoveRootOptions,
  type Residue,
  type SweepOptions,
} from './sweeping.js';
export type {
  BackupTarget,
  BeginOptions,
  CallOptions,
  CommitReceipt,
  CommitRecord,
  GetOptions,
  ListOptions,
  PutOptions,
  PutReceipt,
  StatOptions,
  WriteBatch,
} from './target.js';
