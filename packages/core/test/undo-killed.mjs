// Backs up a tree, changes it, says "ready", and restores it in place, over and over: whoever started it kills it. Started by undo-killed.test.ts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { backup, restore } from '../dist/index.js';
import { memoryStore, memoryTarget } from '../dist/testing/index.js';

const [source = '', stateDirectory = ''] = process.argv.slice(2);
const target = memoryTarget({ store: memoryStore() });
for (let folder = 0; folder < 10; folder += 1) {
  mkdirSync(join(source, `d${folder}`), { recursive: true });
  for (let file = 0; file < 10; file += 1)
    writeFileSync(join(source, `d${folder}`, `f${file}`), `old ${folder} ${file}`);
}
await backup({ sources: [{ path: source, name: 'data' }], targets: [target], stateDirectory });
process.stdin.once('data', async () => {
  await restore({ target, stateDirectory, delete: true });
  process.stdout.write('done\n');
});
process.stdout.write('ready\n');
