import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TargetHarness } from '@holdfast/target-testkit';
import { describeTarget } from '@holdfast/target-testkit/vitest';
import { openLocalFs } from '../src/index.js';

/** A folder that is itself one snapshot. */
function oneSnapshot(replace: boolean): TargetHarness {
  return {
    async create() {
      const folder = await realpath(await mkdtemp(join(tmpdir(), 'holdfast-local-fs-')));
      const root = join(folder, 'store');
      const adapterOptions = { single: true, replace };
      return {
        open: () => openLocalFs(root, adapterOptions),
        residue: async () => [
          ...(await readdir(join(root, '.holdfast', 'staging')).catch(() => [])),
          ...(await readdir(join(root, '.holdfast', 'swap')).catch(() => [])),
        ],
        child: {
          adapterModule: new URL('../dist/index.js', import.meta.url).href,
          address: `file:${root}`,
          adapterOptions,
        },
        remove: () => rm(folder, { recursive: true, force: true }),
      };
    },
  };
}

describeTarget('a folder that is one snapshot, which another one may replace', oneSnapshot(true), { manyObjects: 300 });
describeTarget('a folder that is one snapshot and stays it', oneSnapshot(false), { manyObjects: 50 });
