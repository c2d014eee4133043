export type { FilterRule } from './filter-rules.js';
export type { FilterSpec } from './filter-spec.js';
export { isRuleFile } from './folder-rules.js';
export { joinedFilter } from './joined-filter.js';
export { leftOutNow } from './left-out-now.js';
export { misplacedPatterns } from './misplaced-patterns.js';
export { readingBytes, readSmallFiles, type SmallReadings } from './read-small-files.js';
export { recordedRules } from './recorded-rules.js';
export { sourceRules } from './source-rules.js';
export { liesIn, type ResolvedSource, resolveSources, type SourceSpec, sourceOrderKey } from './sources.js';
export {
  ChangedWhileRead,
  LongerThanSaid,
  NoLongerAFile,
  type Reading,
  SourceFile,
  sameVersion,
  WHOLE_FILE_BYTES,
} from './stable-read.js';
export { reasonOf } from './system-reason.js';
export { sourceTaking } from './takes-path.js';
export { type LeftOutEntry, readProblem, type Walked, type WalkedEntry, walkSource } from './walk.js';
export { type EverythingSource, type MetEntry, walkEverything } from './walk-everything.js';
