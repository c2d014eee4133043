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

describeTarget('the in-memory target', memoryHarness());
describeTarget('the in-memory target that shows objects as they are put', memoryHarness({ publish: 'put' }));
