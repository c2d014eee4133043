// Restores a snapshot, given on the standard input, as a user who may enter little, and prints what came of it.
// Started by hostile-snapshots.test.ts.
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { restore } from '../dist/index.js';
import { memoryStore, memoryTarget } from '../dist/testing/index.js';

const NOBODY = 65534;
if (process.getuid?.() === 0) {
  process.setgroups([]);
  process.setgid(NOBODY);
  process.setuid(NOBODY);
}
process.chdir(tmpdir());

const [into = '', options = '{}'] = process.argv.slice(2);
const store = memoryStore();
for (const [key, base64] of JSON.parse(readFileSync(0, 'utf8'))) {
  store.objects.set(key, { bytes: Buffer.from(base64, 'base64'), attributes: {}, listedFromMs: 0 });
}
const target = memoryTarget({ store });
const { problems, restoredFiles, keptFiles, directories, symlinks } = await restore({
  target,
  into,
  ...JSON.parse(options),
});
process.stdout.write(JSON.stringify({ problems, restoredFiles, keptFiles, directories, symlinks }));
