import { describeTarget } from '../src/vitest.js';
import { MEMORY_SIZES, memoryHarness, SMALL_SIZES } from './memory-harness.js';

describeTarget('the in-memory target', memoryHarness(), MEMORY_SIZES);
describeTarget(
  'the in-memory target that shows objects as they are put',
  memoryHarness({ publish: 'put' }),
  SMALL_SIZES,
);

describeTarget('the in-memory target with digests', memoryHarness({ digests: true }), SMALL_SIZES);

const WITHOUT = {
  rangeRead: false,
  append: false,
  delete: false,
  removeRoots: false,
  ownObjects: false,
  putIfAbsent: false,
  copy: false,
  copyShares: false,
  attributes: false,
  caseSensitiveKeys: false,
  windowsNames: true,
} as const;

describeTarget('the in-memory target without any capability', memoryHarness({ capabilities: WITHOUT }), SMALL_SIZES);
for (const [name, value] of Object.entries(WITHOUT)) {
  const capabilities = { [name]: value, ...(name === 'copy' ? { copyShares: false } : {}) };
  describeTarget(`the in-memory target with ${name} ${value}`, memoryHarness({ capabilities }), SMALL_SIZES);
}
for (const oneRoot of ['kept', 'replaced'] as const) {
  describeTarget(
    `the in-memory target whose one root is ${oneRoot}`,
    memoryHarness({ capabilities: { append: false, delete: false, ownObjects: false, oneRoot } }),
    SMALL_SIZES,
  );
}
describeTarget(
  'the in-memory target with tight limits',
  memoryHarness({
    capabilities: { maxObjectBytes: 20_000_000, maxKeyBytes: 200, maxSegmentBytes: 100, concurrency: 1 },
  }),
  SMALL_SIZES,
);
describeTarget(
  'the in-memory target whose listings lag',
  memoryHarness({ capabilities: { listDelayMs: 5 } }),
  SMALL_SIZES,
);
