export { type FaultMatch, type FaultPlan, faultPlan, type LoggedCall } from './fault-plan.js';
export {
  afterwards,
  breaksAfter,
  corrupts,
  endsAfter,
  type Fault,
  type FaultError,
  fails,
  hangs,
  losesAnswer,
  targetFault,
  waits,
} from './faults.js';
export { faultyTarget } from './faulty-target.js';
export { type MemoryStore, memoryStore, type StoredObject } from './memory-store.js';
export { MEMORY_CAPABILITIES, type MemoryTargetOptions, memoryTarget } from './memory-target.js';
