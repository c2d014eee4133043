import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileSystem, fileSystemOf } from '@holdfast/core/files';
import type { KitSizes, TargetHarness } from '@holdfast/target-testkit';
import { describeTarget } from '@holdfast/target-testkit/vitest';
import { openLocalFs } from '../src/index.js';
import { describeTopics } from './describe-topics.js';

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

/** A folder has no pages. This is more than one flush stands for (256), and than a listing takes at once (512 turns: two or three a folder). */
const WHOLE: Partial<KitSizes> = { manyObjects: 400 };
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
