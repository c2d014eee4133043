export { checked } from './checked.js';
export { type LimitOptions, limited } from './limited.js';
export { prefixed } from './prefixed.js';
export type { RetryEvent, RetryOptions } from './retry-tries.js';
export { retrying } from './retrying.js';
export { type Interceptor, intercept, type TargetCall, wrapBatch, wrapTarget } from './wrap.js';
