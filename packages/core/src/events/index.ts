export type {
  EventListener,
  HoldfastEvent,
  LeftOutReason,
  Note,
  OperationName,
  Problem,
  ProblemCode,
  Progress,
} from './events.js';
