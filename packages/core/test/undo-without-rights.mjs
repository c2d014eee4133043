// Backs up, changes, restores and undoes as a user who may do little, in a folder that is that user's, and prints what came of it.
// Started by undo-places.test.ts.
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { backup, newestRestore, restore, undoRestore } from '../dist/index.js';
import { memoryStore, memoryTarget } from '../dist/testing/index.js';

const NOBODY = 65534;
const [folder = ''] = process.argv.slice(2);
if (process.getuid?.() === 0) {
  process.setgroups([]);
  process.setgid(NOBODY);
  process.setuid(NOBODY);
}
process.chdir(folder);

const source = join(folder, 'data');
const stateDirectory = join(folder, 'state');
const target = memoryTarget({ store: memoryStore() });
const path = (name) => join(source, name);

/** Every path with its mode and content; what is closed is opened to be looked at, and closed again. */
function look(below = source, label = '') {
  const { mode, mtimeMs } = lstatSync(below);
  const shown = [`${label} ${(mode & 0o7777).toString(8)} ${Math.trunc(mtimeMs)}`];
  chmodSync(below, 0o700);
  try {
    if (!lstatSync(below).isDirectory()) return [`${shown[0]} ${readFileSync(below, 'utf8')}`];
    for (const name of readdirSync(below).sort()) shown.push(...look(join(below, name), `${label}/${name}`));
    return shown;
  } finally {
    chmodSync(below, mode & 0o7777);
  }
}

mkdirSync(path('closed/deeper'), { recursive: true });
for (const name of ['closed/a', 'closed/deeper/gone', 'unread', 'same']) writeFileSync(path(name), `old ${name}`);
chmodSync(path('closed/deeper'), 0o500);
chmodSync(path('closed'), 0o500);
await backup({ sources: [{ path: source, name: 'data' }], targets: [target], stateDirectory });
for (const name of ['closed', 'closed/deeper']) chmodSync(path(name), 0o700);
writeFileSync(path('closed/a'), 'new');
rmSync(path('closed/deeper/gone'));
writeFileSync(path('closed/extra'), 'extra');
writeFileSync(path('unread'), 'NEW unread');
chmodSync(path('unread'), 0);
chmodSync(path('same'), 0o400);

const old = look();
const { problems } = await restore({ target, stateDirectory, delete: true });
const restored = look();
const undo = async () => (await undoRestore({ stateDirectory, planned: newestRestore(stateDirectory) })).problems;
const undone = { problems: await undo(), is: look() };
const redone = { problems: await undo(), is: look() };
process.stdout.write(JSON.stringify({ old, restored, problems, undone, redone }));
