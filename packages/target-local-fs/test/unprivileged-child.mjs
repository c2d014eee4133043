// Does things in a folder as a user without rights, and writes what came of each as one line of JSON.
// Arguments: the root, then the names of actions. Root becomes `nobody` here, after everything is loaded: the packages themselves may
// lie where nobody can read.
import { openLocalFs } from '../dist/index.js';

const NOBODY = 65534;
const [root, ...actions] = process.argv.slice(2);
if (process.getuid() === 0) {
  process.setgroups([]);
  process.setgid(NOBODY);
  process.setuid(NOBODY);
}

const source = (value) => ({
  sizeBytes: value.length,
  async *open() {
    if (value.length > 0) yield Buffer.from(value);
  },
});

let targetOpened;
const target = async () => {
  targetOpened ??= await openLocalFs(root);
  return targetOpened;
};

async function read(key) {
  const pieces = [];
  for await (const piece of (await target()).get(key)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function list(prefix, options) {
  const lines = [];
  for await (const { key, type } of (await target()).list(prefix, options)) lines.push(`${type} ${key}`);
  return lines;
}

const ACTIONS = {
  open: async () => (await target()).url,
  list: () => list(''),
  listTop: () => list('', { oneLevel: true }),
  listSecretTop: () => list('secret/', { oneLevel: true }),
  listSnap: () => list('snap/'),
  begin: async () => (await target()).begin({ root: 'mine' }),
  beginLoose: async () => (await target()).begin(),
  get: () => read('snap/file'),
  getBesideSnap: () => read('secret/record'),
  stat: async () => (await target()).stat('snap/secret/file'),
  getSecret: () => read('snap/secret/file'),
  getUnreadable: () => read('snap/unreadable'),
  delete: async () => (await target()).delete(['snap/file']),
  copy: async () => {
    const batch = await (await target()).begin({ root: 'mine' });
    try {
      await batch.copy('snap/file', 'mine/file');
    } finally {
      await batch.abort();
    }
  },
  async life() {
    const store = await target();
    const batch = await store.begin({ root: 'mine' });
    await batch.put('mine/d', source(''), { attributes: { type: 'directory', mode: 0 } });
    await batch.put('mine/d/file', source('1'), { attributes: { mode: 0 } });
    await batch.put('mine/d/e/file', source('2'), { attributes: { mode: 0o777 } });
    await batch.commit({ key: 'mine/record', body: Buffer.from('r') });
    const value = await read('mine/d/file');
    await store.delete(['mine/record']);
    await store.delete(['mine/d/file', 'mine/d/e/file']);
    return value;
  },
};

for (const action of actions) {
  let line;
  try {
    line = { value: (await ACTIONS[action]()) ?? null };
  } catch (error) {
    line = { code: error.code, message: error.message, hint: error.hint };
  }
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
process.exit(0);
