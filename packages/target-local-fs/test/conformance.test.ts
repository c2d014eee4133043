import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileSystem, fileSystemOf } from '@holdfast/core/files';
import type { KitSizes, TargetHarness } from '@holdfast/target-testkit';
import { describeTarget } from '@holdfast/target-testkit/vitest';
import { openLocalFs } from '../src/index.js';

/** Folders on the file system that the tests run on, taken for one of other facts where some are given. */
function folders(facts?: Partial<FileSystem>): TargetHarness {
  return {
    async create() {
      const folder = await realpath(await mkdtemp(join(tmpdir(), 'holdfast-local-fs-')));
      const root = join(folder, 'store');
      const fileSystem = facts === undefined ? undefined : { ...(await fileSystemOf(folder)), ...facts };
      return {
        open: () => openLocalFs(root, { means: { fileSystem } }),
        residue: () => readdir(join(root, '.holdfast', 'staging')).catch(() => []),
        child: { adapterModule: new URL('../dist/index.js', import.meta.url).href, address: `file:${root}` },
        remove: () => rm(folder, { recursive: true, force: true }),
      };
    },
  };
}

const MIB = 1024 * 1024;
const SMALL: Partial<KitSizes> = { manyObjects: 50, objectBytes: [0, 1, MIB, MIB + 1], largeObjectBytes: 16 * MIB };

describeTarget('a folder', folders());
describeTarget('a folder where every call makes wait', folders({ kind: 'fuse' }), SMALL);
describeTarget('a folder without links, modes and times', folders({ hardLinks: false, posixAttributes: false }), SMALL);
