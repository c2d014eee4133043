import type { BackupTarget } from '@holdfast/core/target';
import { type MemoryTargetOptions, memoryStore, memoryTarget } from '@holdfast/core/testing';
import type { TargetHarness } from '../src/index.js';

/** Places of in-memory targets, each handle put through `decorate`. */
export function memoryHarness(
  options: MemoryTargetOptions = {},
  decorate: (target: BackupTarget) => BackupTarget = (target) => target,
): TargetHarness {
  return {
    async create() {
      const store = memoryStore();
      return {
        open: async () => decorate(memoryTarget({ ...options, store })),
        residue: async () => [...store.staged].map((_, index) => `batch ${index}`),
        child: undefined,
        remove: async () => store.objects.clear(),
      };
    },
  };
}

/** The in-memory target holds its objects in this process: memory is flat only for small ones. */
export const MEMORY_SIZES = { largeObjectBytes: 4 * 1024 * 1024 };

/** For the many variations of it, which differ in anything but size. */
export const SMALL_SIZES = { ...MEMORY_SIZES, objectBytes: [0, 1, 65_536, 400_001], manyObjects: 120 };
