import { checked, limited, prefixed, retrying } from '@holdfast/core/decorators';
import type { BackupTarget } from '@holdfast/core/target';
import type { MemoryTargetOptions } from '@holdfast/core/testing';
import { describeTarget } from '../src/vitest.js';
import { MEMORY_SIZES, memoryHarness, SMALL_SIZES } from './memory-harness.js';

const MIB = 1024 * 1024;
const retry = (inner: BackupTarget): BackupTarget => retrying(inner, { random: () => 0 });
const limit = (inner: BackupTarget): BackupTarget => limited(inner, { concurrency: 2, bytesPerSecond: 10_000 * MIB });
const below = (inner: BackupTarget): BackupTarget => prefixed(inner, 'a prefix/of two/');
const stack = (inner: BackupTarget): BackupTarget => checked(retry(limit(below(inner))));

/** As little as a target can do. Below a prefix something has to be added, so there `append` stays. */
const bare = (append: boolean): MemoryTargetOptions => ({
  capabilities: {
    rangeRead: false,
    append,
    delete: false,
    removeRoots: false,
    ownObjects: false,
    putIfAbsent: false,
    copy: false,
    copyShares: false,
    attributes: false,
  },
});

for (const [name, decorate] of Object.entries({ checked, retrying: retry, limited: limit, prefixed: below })) {
  describeTarget(`${name} over the in-memory target`, memoryHarness({}, decorate), SMALL_SIZES);
  describeTarget(
    `${name} over a target of few capabilities`,
    memoryHarness(bare(name === 'prefixed'), decorate),
    SMALL_SIZES,
  );
}
describeTarget(
  'prefixed over one that shows objects as they are put',
  memoryHarness({ publish: 'put' }, below),
  SMALL_SIZES,
);
describeTarget('all decorators, one over the other', memoryHarness({}, stack), MEMORY_SIZES);
