import { type MemoryTargetOptions, memoryStore, memoryTarget } from '@holdfast/core/testing';
import type { TargetHarness } from '../src/index.js';
import { describeTarget } from '../src/vitest.js';

function memoryHarness(options: MemoryTargetOptions = {}): TargetHarness {
  return {
    async create() {
      const store = memoryStore();
      return {
        open: async () => memoryTarget({ ...options, store }),
        residue: async () => [...store.staged].map((_, index) => `batch ${index}`),
        child: undefined,
        remove: async () => store.objects.clear(),
      };
    },
  };
}

/** It holds its objects in this process, so that memory is flat only for small ones. */
const SIZES = { largeObjectBytes: 4 * 1024 * 1024 };

describeTarget('the in-memory target', memoryHarness(), SIZES);
describeTarget('the in-memory target that shows objects as they are put', memoryHarness({ publish: 'put' }), SIZES);
