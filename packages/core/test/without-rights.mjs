// Backs up a source as a user who may read little of it, and prints what came of it. Started by bad-sources.test.ts.
import { tmpdir } from 'node:os';
import { backup, showSnapshot } from '../dist/index.js';
import { memoryTarget } from '../dist/testing/index.js';

const NOBODY = 65534;
if (process.getuid?.() === 0) {
  process.setgroups([]);
  process.setgid(NOBODY);
  process.setuid(NOBODY);
}
process.chdir(tmpdir());

const [source = '', state = ''] = process.argv.slice(2);
const target = memoryTarget();
const { problems, counts, flags } = await backup({
  sources: [{ path: source, name: 'data' }],
  targets: [target],
  stateDirectory: state,
});
const shown = await showSnapshot({ target });
const paths = [];
for await (const { entry } of shown.entries()) paths.push(entry.path);
await shown.close();
process.stdout.write(
  JSON.stringify({
    problems: problems.map(({ code, path, message }) => `${code} ${path}: ${message}`),
    counts,
    flags,
    paths,
  }),
);
