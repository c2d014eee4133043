// One batch or deletion in a process that ends itself, as `kill -9` does, before the n-th step.
// Arguments: the root, what to do, the step (0: none). The sources are compiled: this runs without a test runner.
import { openLocalFs } from '../dist/index.js';
import { killedAt, source } from './killed-at.mjs';

const [root, action, stepText] = process.argv.slice(2);
const { steps, onStep } = killedAt(Number(stepText));

const target = await openLocalFs(root, { onStep });

async function fill(batch) {
  await batch.put('snap/a/one', source('one'), { attributes: { mode: 0o600, mtimeNs: 1_000_000_000n } });
  await batch.put('snap/a', source(''), { attributes: { type: 'directory', mode: 0o700, mtimeNs: 2_000_000_000n } });
  await batch.put('snap/b/c/two', source('two'));
  await batch.put('snap/large', source('x'.repeat(1_500_000)));
  await batch.put('snap/link', source(''), { attributes: { type: 'symlink', linkTarget: Buffer.from('a/one') } });
  await batch.copy('snap/b/c/two', 'snap/copy');
}

const ACTIONS = {
  async root() {
    const batch = await target.begin({ root: 'snap' });
    await fill(batch);
    await batch.commit({ key: 'snap/.holdfast/record', body: Buffer.from('record') });
  },
  async loose() {
    const batch = await target.begin();
    await fill(batch);
    await batch.commit({ key: 'snap/.holdfast/record', body: Buffer.from('record') });
  },
  async ifAbsent() {
    const batch = await target.begin();
    await batch.put('snap/a/one', source('one'));
    await batch.commit({ key: 'snap/.holdfast/record', body: Buffer.from('record'), ifAbsent: true });
  },
  async delete() {
    await target.delete(['snap/.holdfast/record']);
    await target.delete(['snap/a/one', 'snap/a', 'snap/b/c/two', 'snap/large', 'snap/link', 'snap/copy']);
  },
};

await ACTIONS[action]();
await target.close();
process.stdout.write(steps.join(' '));
