import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Base, makeBase } from './base.js';
import { runChild } from './child.js';
import { inNewWorld } from './scenario.js';
import { restores } from './scenarios/restores.js';

let base: Base;
beforeAll(async () => {
  base = await makeBase();
});
afterAll(() => base?.remove());

const [restore] = restores;

test.runIf(process.platform === 'linux')(
  'a restore flushes the files that it finds there, too: the run that gave them their names may have been killed before it did',
  async () => {
    if (restore === undefined) throw new Error('there is no scenario');
    await inNewWorld(base, restore, async (world) => {
      await runChild(restore.work(world), world);
      const again = await runChild(restore.work(world), world);
      const files = Object.entries(base.tree).flatMap(([path, facts]) => (facts.startsWith('file ') ? [path] : []));
      const flushed = again.how === 'done' ? again.steps.filter((step) => step.startsWith('fsync ')) : [];
      for (const path of files) expect(flushed).toContain(`fsync ${join('/restored', path)}#1`);
    });
  },
);
