// One batch or removal in a folder that is one snapshot, in a process that ends itself, as `kill -9` does, before the n-th step.
// Arguments: the root, what to do, the step (0: none). The sources are compiled: this runs without a test runner.
import { openLocalFs } from '../dist/index.js';
import { killedAt, source } from './killed-at.mjs';

const [root, action, stepText] = process.argv.slice(2);
const { steps, onStep } = killedAt(Number(stepText));

async function write(target, name, files, copies = {}) {
  const batch = await target.begin({ root: name });
  for (const [key, value] of Object.entries(files)) await batch.put(`${name}/${key}`, source(value));
  for (const [to, from] of Object.entries(copies)) await batch.copy(from, `${name}/${to}`);
  await batch.commit({ key: `${name}/.holdfast/snapshot.json`, body: Buffer.from(`record of ${name}`) });
}

const ACTIONS = {
  /** What stands when the others begin. */
  async old(target) {
    await write(target, 'old', {
      'excel/data.xlsx': 'old',
      'npy/a.npy': 'same',
      'npy/gone.npy': 'old',
      'left.csv': 'old',
    });
  },
  async replace(target) {
    const files = { 'excel/data.xlsx': 'new', 'data.csv': 'new', 'more/deep/b': 'new' };
    await write(target, 'new', files, { 'npy/a.npy': 'old/npy/a.npy' });
  },
  /** One snapshot after the other; each file says of which it is. */
  async churn(target) {
    for (let number = 1; number <= 20; number += 1) {
      const name = `churn-${number}`;
      await write(target, name, { 'a/x': name, 'a/y': name, b: name });
    }
  },
  /** Finishes what another one began, and does nothing else. */
  async settle() {},
  async remove(target) {
    await target.removeRoot('old', { record: 'old/.holdfast/snapshot.json' });
  },
};

const target = await openLocalFs(root, { single: true, replace: true, onStep });
await ACTIONS[action](target);
await target.close();
process.stdout.write(steps.join(' '));
