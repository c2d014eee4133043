import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileSystem, fileSystemOf } from '@holdfast/core/files';
import {
  applies,
  conditionsOf,
  conformanceCases,
  type KitSizes,
  runCase,
  type TargetHarness,
} from '@holdfast/target-testkit';
import { describeTarget } from '@holdfast/target-testkit/vitest';
import { describe, expect, test } from 'vitest';
import { openLocalFs } from '../src/index.js';

/** Folders on the file system that the tests run on, taken for one of other facts where some are given. */
function folders(facts?: Partial<FileSystem>): TargetHarness {
  return {
    async create() {
      const folder = await realpath(await mkdtemp(join(tmpdir(), 'holdfast-local-fs-')));
      const root = join(folder, 'store');
      const fileSystem = facts === undefined ? undefined : { ...(await fileSystemOf(folder)), ...facts };
      const adapterModule = new URL('../dist/index.js', import.meta.url).href;
      return {
        open: () => openLocalFs(root, { means: { fileSystem } }),
        residue: () => readdir(join(root, '.holdfast', 'staging')).catch(() => []),
        // Another process finds out the facts by itself: with facts that were given it would try the first kind once more.
        child: facts === undefined ? { adapterModule, address: `file:${root}` } : undefined,
        remove: () => rm(folder, { recursive: true, force: true }),
      };
    },
  };
}

const MIB = 1024 * 1024;
/** A folder has no pages. This is more than one flush stands for (256), and than a listing takes at once (512 turns: two or three a folder). */
const WHOLE: Partial<KitSizes> = { manyObjects: 400 };
/** The kit says what hangs before the runner ends the test. */
const SMALL: Partial<KitSizes> = { manyObjects: 50, objectBytes: [0, 1, MIB, MIB + 1], caseTimeoutMs: 45_000 };

describeTarget('a folder', folders(), WHOLE);

// Where every call makes wait small files are written and read by other calls than elsewhere.
describeTopics('a folder where every call makes wait', folders({ kind: 'fuse' }), [
  'putting',
  'batches',
  'reading',
  'listing',
  'aborting',
  'several at once',
  'create if absent',
  'copying',
  'attributes',
  'signals',
]);

// Only what is declared differs, and what is then refused.
describeTopics('a folder without links, modes and times', folders({ hardLinks: false, posixAttributes: false }), [
  'batches',
  'create if absent',
  'copying',
  'attributes',
]);

/** The topics of the kit that such facts have a part in, named by their first words: every other goes the way it goes in a folder. */
function describeTopics(name: string, harness: TargetHarness, topics: readonly string[]): void {
  describe(name, async () => {
    const conditions = await conditionsOf(harness);
    for (const topic of topics) {
      const cases = conformanceCases.filter((one) => one.topic.startsWith(topic) && applies(one, conditions));
      describe(topic, () => {
        test('is a topic of the kit', () => expect(cases).not.toEqual([]));
        for (const one of cases) test(one.name, () => runCase(one, harness, SMALL));
      });
    }
  });
}
