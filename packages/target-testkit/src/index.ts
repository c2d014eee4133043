export type { BatchKind, CaseConditions, CaseContext, ConformanceCase } from './case.js';
export { conformanceCases } from './cases/index.js';
export { type ChildProgram, DEFAULT_SIZES, type KitSizes, type TargetHarness, type TargetPlace } from './harness.js';
export { applies, type CaseResult, conditionsOf, runCase, runCases } from './run.js';
export {
  announcing,
  byteByByte,
  digestOf,
  failingSource,
  hangingSource,
  patternSource,
  type WatchedSource,
  watched,
  withEmptyPieces,
} from './sources.js';
