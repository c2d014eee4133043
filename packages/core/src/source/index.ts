export type { FilterSpec } from './filter-spec.js';
export { liesIn, type ResolvedSource, resolveSources, type SourceSpec, sourceOrderKey } from './sources.js';
export {
  ChangedWhileRead,
  NoLongerAFile,
  type Reading,
  SourceFile,
  sameVersion,
  WHOLE_FILE_BYTES,
} from './stable-read.js';
export { reasonOf } from './system-reason.js';
export { type LeftOutEntry, readProblem, type Walked, type WalkedEntry, walkSource } from './walk.js';
