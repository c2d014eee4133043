import type { BrokenTarget } from './broken.js';
import { withBatch } from './broken.js';
import type { BrokenProcess } from './processes.js';

const unsupported =
  'where nothing can be taken over, a batch that names a root to take over from is UNSUPPORTED, and so is each object asked for';

/** Faults of targets that take nothing over. */
export const brokenRefusals: readonly BrokenTarget[] = [
  {
    fault: 'takes nothing over, and begins without a word',
    red: unsupported,
    break: (target) => ({ ...target, begin: ({ adopt: _, ...options } = {}) => target.begin(options) }),
  },
  {
    fault: 'takes nothing over, and says that it has',
    red: unsupported,
    break: (target) =>
      withBatch(target, () => ({
        adoptAll: async (requests) => requests.map(() => ({ status: 'fulfilled', value: undefined })),
      })),
  },
];

/** What makes the target of docs/writing-a-target.md take over what a killed process has left. */
const ADOPTING: BrokenProcess['base'] = [
  ['  removeRoots: false,\n', '  removeRoots: false,\n  adopts: true,\n'],
  [
    'lines.push([key, number, source.sizeBytes]);',
    "await writeFile(path + '.key', key);\n      lines.push([key, number, source.sizeBytes]);",
  ],
  ['const begin = async ({ root } = {}) => {', 'const begin = async ({ root, adopt = [] } = {}) => {'],
  ['    for await (const _ of sweep());\n', ''],
  [
    'await mkdir(work, { recursive: true });\n',
    `await mkdir(work, { recursive: true });
    await writeFile(join(work, 'root'), root ?? '');
    for (const name of await namesIn(staging)) {
      const [host, pid] = name.split('~');
      const isLeft = host === hostname() && !isAlive(Number(pid));
      const its = await readFile(join(staging, name, 'root'), 'utf8').catch(() => '');
      if (isLeft && adopt.includes(its)) await rename(join(staging, name), join(work, 'left-' + name));
    }
    for await (const _ of sweep());
`,
  ],
  [
    '      if (record !== undefined) await put(record.key, bytesSource(record.body));\n',
    `      if (record !== undefined) await put(record.key, bytesSource(record.body));
      for (const name of await namesIn(work))
        if (name.startsWith('left-')) await rm(join(work, name), { recursive: true });
`,
  ],
  [
    '      ...adoptNothing(url),\n',
    `      adoptAll: (requests) => Promise.allSettled(requests.map(adoptOne)),
`,
  ],
  [
    '    const commit = async (record) => {\n',
    `    const adoptOne = async ({ fromKey, toKey, sizeBytes, sha256 }) => {
      for (const left of (await namesIn(work)).filter((name) => name.startsWith('left-'))) {
        for (const name of (await namesIn(join(work, left))).filter((name) => name.endsWith('.key'))) {
          if ((await readFile(join(work, left, name), 'utf8')) !== fromKey) continue;
          const path = join(work, left, name.slice(0, -4));
          const bytes = await readFile(path);
          const isRight = createHash('sha256').update(bytes).digest('hex') === sha256 && bytes.length === sizeBytes;
          if (!isRight) throw fail('COPY_REFUSED', 'it is something else', 'adopt', toKey);
          lastNumber += 1;
          const number = lastNumber;
          await rename(path, join(work, String(number)));
          lines.push([toKey, number, sizeBytes]);
          return;
        }
      }
      throw fail('NOT_FOUND', 'nothing was staged there', 'adopt', fromKey);
    };

    const commit = async (record) => {
`,
  ],
];

const taken =
  'what a killed process had staged is taken over by the batch that names its root, and is part of it; what is not taken goes';
const veryBytes = 'nothing is taken over but the very bytes that are asked for; what is refused can be put';

/** Faults of targets that take over. */
export const brokenAdoptions: readonly BrokenProcess[] = [
  {
    fault: 'says that it takes over and forgets it',
    red: taken,
    base: ADOPTING,
    change: ['          lines.push([toKey, number, sizeBytes]);\n', ''],
  },
  {
    fault: 'takes over all that there was, under the old names',
    red: taken,
    base: ADOPTING,
    change: [
      'lines.push([toKey, number, sizeBytes]);',
      'lines.push([toKey, number, sizeBytes], [fromKey, number, sizeBytes]);',
    ],
  },
  {
    fault: 'sweeps before it looks for what it is to take over',
    red: taken,
    base: ADOPTING,
    change: [
      "    await writeFile(join(work, 'root'), root ?? '');\n",
      "    await writeFile(join(work, 'root'), root ?? '');\n    for await (const _ of sweep());\n",
    ],
  },
  {
    fault: 'believes in what was staged by its size',
    red: veryBytes,
    base: ADOPTING,
    change: [
      "createHash('sha256').update(bytes).digest('hex') === sha256 && bytes.length === sizeBytes;",
      'bytes.length === sizeBytes;',
    ],
  },
  {
    fault: 'does not look at the size that it is told',
    red: veryBytes,
    base: ADOPTING,
    change: [' && bytes.length === sizeBytes;', ';'],
  },
  {
    fault: 'leaves what was staged to all who ask',
    red: 'of two batches that name one root one gets what was staged',
    base: ADOPTING,
    change: [
      "await rename(join(staging, name), join(work, 'left-' + name));\n    }\n    for await (const _ of sweep());\n",
      "await (await import('node:fs/promises')).cp(join(staging, name), join(work, 'left-' + name), { recursive: true });\n    }\n",
    ],
  },
  {
    fault: 'takes what a living process has staged',
    red: 'what a living process has staged is its own, and comes out whole, whoever names its root',
    base: ADOPTING,
    change: [
      'const isLeft = host === hostname() && !isAlive(Number(pid));',
      'const isLeft = Number(pid) !== process.pid;',
    ],
  },
  {
    fault: 'keeps what it had taken over when it is given up',
    red: 'what was taken over goes with a batch that is given up',
    base: ADOPTING,
    change: ['rm(work, { recursive: true, force: true })),', 'Promise.resolve()),'],
  },
  {
    fault: 'takes over when it is stopped, or has ended',
    red: 'a call that takes over never rejects: a signal, a wrong key or the end of the batch is the outcome of each',
    base: ADOPTING,
    change: ['return checked({', 'return ((target) => target)({'],
  },
];
