import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeTarget } from '@holdfast/target-testkit/vitest';
import { openLocalFs } from '../src/index.js';

describeTarget('a folder', {
  async create() {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-local-fs-'));
    const root = join(folder, 'store');
    return {
      open: () => openLocalFs(root),
      residue: () => readdir(join(root, '.holdfast', 'staging')).catch(() => []),
      child: { adapterModule: new URL('../dist/index.js', import.meta.url).href, address: `file:${root}` },
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  },
});
