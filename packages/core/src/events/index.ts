export type { EventListener, HoldfastEvent, Note, OperationName, Problem, ProblemCode, Progress } from './events.js';
