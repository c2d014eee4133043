import { wrapBatch, wrapTarget } from '@holdfast/core/decorators';
import type { BackupTarget, BeginOptions, WriteBatch } from '@holdfast/core/target';
import { type MemoryStore, type MemoryTargetOptions, memoryStore, memoryTarget } from '@holdfast/core/testing';
import type { TargetHarness } from '../../src/index.js';

/** A target with one fault of its own making, and the case that must turn red because of it. */
export interface BrokenTarget {
  /** What it does wrong. */
  readonly fault: string;
  /** The name of the case that must find it. */
  readonly red: string;
  /** The in-memory target it is made from; intact, it passes the case. */
  readonly options?: MemoryTargetOptions;
  /** What a case may take before it counts as hanging: only where hanging is the fault. */
  readonly caseTimeoutMs?: number;
  break(intact: BackupTarget, store: MemoryStore): BackupTarget;
}

/** Places of a broken target; of the intact one with `intact`. */
export function brokenHarness({ options, ...broken }: BrokenTarget, intact = false): TargetHarness {
  return {
    async create() {
      const store = memoryStore();
      return {
        open: async () => {
          const target = memoryTarget({ ...options, store });
          return intact ? target : broken.break(target, store);
        },
        residue: async () => [...store.staged].map((_, index) => `batch ${index}`),
        child: undefined,
        remove: async () => store.objects.clear(),
      };
    },
  };
}

/** Breaks the batches of a target. */
export function withBatch(
  target: BackupTarget,
  overrides: (batch: WriteBatch, options: BeginOptions) => Partial<WriteBatch>,
): BackupTarget {
  return wrapTarget(target, {
    async begin(options = {}) {
      const batch = await target.begin(options);
      return wrapBatch(batch, overrides(batch, options));
    },
  });
}

/** Everything an iteration gives. */
export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const gathered: Item[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

/** One turn of the event loop, in which others run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
