import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TargetHarness } from '@holdfast/target-testkit';
import { describeTarget } from '@holdfast/target-testkit/vitest';
import { openZip } from '../src/index.js';

/** A folder of archives, and beside it an inner folder that does not exist yet: the first batch has to make it. */
const harness: TargetHarness = {
  async create() {
    const outer = await mkdtemp(join(tmpdir(), 'holdfast-zip-'));
    const folder = join(outer, 'made', 'archives');
    return {
      open: () => openZip(folder),
      async residue() {
        const names = await readdir(outer, { recursive: true });
        return names.filter((name) => !/^made(\/archives(\/[^/]+\.zip)?)?$/.test(name));
      },
      child: {
        adapterModule: new URL('../dist/index.js', import.meta.url).href,
        address: `zip:${folder}`,
      },
      remove: () => rm(outer, { recursive: true, force: true }),
    };
  },
};

describeTarget('zip', harness);
