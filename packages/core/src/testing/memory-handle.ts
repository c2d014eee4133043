import type {
  CallOptions,
  TargetCapabilities,
  TargetError,
  TargetErrorCode,
  TargetOperation,
} from '../target/index.js';
import type { MemoryStore } from './memory-store.js';

/** What an in-memory target and its batches share. */
export interface MemoryHandle {
  readonly url: string;
  readonly capabilities: TargetCapabilities;
  readonly store: MemoryStore;
  readonly publish: 'commit' | 'put';
  readonly confirmsPuts: boolean;
  readonly digests: boolean;
  readonly now: () => number;
  closed: boolean;
  fail(code: TargetErrorCode, reason: string, operation: TargetOperation, key?: string): TargetError;
  /** Throws what must be said before any work: closed, or stopped. */
  enter(operation: TargetOperation, options?: CallOptions, key?: string): void;
}
