import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileSystem, fileSystemOf } from '@holdfast/core/files';
import type { TargetHarness } from '@holdfast/target-testkit';
import { describeTarget } from '@holdfast/target-testkit/vitest';
import { openLocalFs } from '../src/index.js';
import { describeTopics } from './describe-topics.js';

/** A folder that is itself one snapshot, on a file system of other facts where some are given. */
function oneSnapshot(replace: boolean, facts?: Partial<FileSystem>): TargetHarness {
  return {
    async create() {
      const folder = await realpath(await mkdtemp(join(tmpdir(), 'holdfast-local-fs-')));
      const root = join(folder, 'store');
      const adapterModule = new URL('../dist/index.js', import.meta.url).href;
      const adapterOptions = { single: true, replace };
      const fileSystem = facts === undefined ? undefined : { ...(await fileSystemOf(folder)), ...facts };
      return {
        open: () => openLocalFs(root, { ...adapterOptions, means: { fileSystem } }),
        residue: async () => [
          ...(await readdir(join(root, '.holdfast', 'staging')).catch(() => [])),
          ...(await readdir(join(root, '.holdfast', 'swap')).catch(() => [])),
        ],
        // Another process finds out the facts by itself: with facts that were given it would try the first kind once more.
        child: facts === undefined ? { adapterModule, address: `file:${root}`, adapterOptions } : undefined,
        remove: () => rm(folder, { recursive: true, force: true }),
      };
    },
  };
}

describeTarget('a folder that is one snapshot, which another one may replace', oneSnapshot(true), { manyObjects: 300 });
// Only what comes of a second root differs.
describeTopics('a folder that is one snapshot and stays it', oneSnapshot(false), [
  'opening',
  'batches',
  'one root',
  'removing',
]);

// As on FAT: copies are refused, so what is unchanged is put again, and names that differ in case are one.
describeTopics(
  'a folder that is one snapshot, without links, modes, times and case',
  oneSnapshot(true, { hardLinks: false, posixAttributes: false, caseSensitive: false }),
  ['batches', 'one root', 'removing', 'reading', 'listing'],
);
