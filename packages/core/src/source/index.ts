export { liesIn, type ResolvedSource, resolveSources, type SourceSpec } from './sources.js';
export {
  ChangedWhileRead,
  NoLongerAFile,
  type Reading,
  SourceFile,
  sameVersion,
  WHOLE_FILE_BYTES,
} from './stable-read.js';
export { readProblem, reasonOf, type Walked, type WalkedEntry, walkSource } from './walk.js';
