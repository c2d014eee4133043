export { type MemoryStore, memoryStore, type StoredObject } from './memory-store.js';
export { MEMORY_CAPABILITIES, type MemoryTargetOptions, memoryTarget } from './memory-target.js';
