import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { treeLines } from '../script/tree.js';
import { makeWorld } from '../script/world.js';
import { makeSources, REPOSITORY } from './pages.js';

test('row 9: the guarded operation in the README of core takes back what a failed one has changed', () => {
  const page = readFileSync(join(REPOSITORY, 'packages/core/README.md'), 'utf8');
  const example = [...page.matchAll(/^```js\n(.*?)^```/gms)]
    .map(([, text = '']) => text)
    .find((text) => text.includes('guard('));
  const world = makeWorld();
  try {
    makeSources(world.work);
    const before = [...treeLines(join(world.work, 'data'))];
    symlinkSync(join(REPOSITORY, 'apps/cli/node_modules'), join(world.work, 'node_modules'), 'junction');
    const operation = `
      import { writeFileSync } from 'node:fs';
      async function importToday(folder) {
        writeFileSync(folder + '/array.npy', 'spoilt');
        writeFileSync(folder + '/new', 'new');
        throw new Error('the import failed');
      }`;
    writeFileSync(join(world.work, 'example.mjs'), `${operation}\n${example}`);
    const { status, stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], {
      cwd: world.work,
      env: world.environment,
      encoding: 'utf8',
    });
    expect([status, stdout], stderr).toEqual([0, 'nothing has changed: the import failed\n']);
    expect([...treeLines(join(world.work, 'data'))]).toEqual(before);
  } finally {
    world.remove();
  }
});
