// Asks git what it would take of one tree under many sets of rules, and prints its answers as vectors:
//
//     node test/write-gitignore-vectors.mjs > test/gitignore-vectors.jsonl
//
// In names of ASCII only: git matches bytes, so its `?` is half of an `é`; ours is a character.
// The random sets are those of the seed; another seed (a number) gives others, to try the rules against more than what is kept.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const [seed = 1, count = 300] = process.argv.slice(2).map(Number);
let state = seed;
/** mulberry32: small, and the same everywhere. */
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
const pick = (list) => list[Math.floor(random() * list.length)];
const some = (most, make) => Array.from({ length: 1 + Math.floor(random() * most) }, make);

const NAMES = [
  'a',
  'b',
  'ab',
  'a.o',
  'b.o',
  '.a',
  '!a',
  '#a',
  'a b',
  'a ',
  ' a',
  'a\\b',
  '[a]',
  'a*',
  'a-b',
  ']',
  'B',
  '~',
  '1',
];
const FOLDERS = ['', 'a', 'b', 'a/a', 'a/b', 'a/b/a', 'b/ab', 'b/.a', 'b/a b', 'ab', 'a.o', '[a]', '~'];
const files = [
  ...new Set(FOLDERS.flatMap((folder) => NAMES.map((name) => (folder === '' ? name : `${folder}/${name}`)))),
]
  .filter((file) => !FOLDERS.includes(file))
  .sort();

/** What was thought of; the rest is chance. */
const THOUGHT_OF = [
  'a',
  '/a',
  'a/',
  '/a/',
  'a/b',
  '/a/b',
  'a/b/',
  '*.o',
  '/*.o',
  'a/*',
  'a/**',
  '**',
  '**/',
  '/**',
  '*',
  '/*',
  '*/',
  '**/a',
  '**/a/b',
  'a/**/a',
  'a/**/b/',
  '**/b/**',
  'a/***/a',
  'a**',
  '*a',
  '*/a',
  '*/*/a',
  '?',
  '??',
  '?b',
  'a?b',
  '[ab]',
  '[!ab]',
  '[^ab]',
  '[a-b]',
  '[]]',
  '[!]]',
  '[]a]',
  '[a',
  'a[]',
  '[[:alpha:]]',
  '[[:digit:]]',
  '[[:upper:]]b',
  '[[:nope:]]',
  '[b-a]',
  '[a-]b',
  '[-a]',
  '[\\]]',
  '[a\\-b]b',
  '\\[a\\]',
  '[[]a]',
  '[a]',
  'a[/]b',
  '[a/]b',
  'a\\*',
  'a\\\\b',
  'a\\b',
  'a\\',
  '\\!a',
  '\\#a',
  '!a',
  '#a',
  '!',
  '/',
  '//',
  '//a',
  'a//b',
  './a',
  '../a',
  'a/.',
  'a ',
  'a\\ ',
  'a b',
  ' a',
  'a  ',
  'a \\ ',
  '\ta',
  '~',
  '*~',
  '~/',
  'A',
  'b/a b/a',
  'a\\/b',
  'a/\\b',
  '\\a',
  'a.o/',
  '*.o/a',
  '.*',
  '.a',
  '!.a',
  'a*b',
  'a*/b',
  '*/b/*',
  '**/[ab]/**',
  '**a',
  'a**b',
  '*[!.]o',
  '*.[oa]',
  '*-*',
  '***',
];

const PIECES = ['a', 'b', 'ab', '*', '?', '**', '[ab]', '[!a]', '.o', '.', 'a*', '*b', '\\a', ' ', 'B', '1'];
const segment = () => some(2, () => pick(PIECES)).join('');
/** gitignore(5) has two stars in a segment as one; git itself takes them for folders behind a beginning without wildcards. */
const isInDoubt = (rule) => /[^/*!]\*\*/.test(rule);
const pattern = () => {
  const rule = random() < 0.3 ? pick(THOUGHT_OF) : randomPattern();
  return isInDoubt(rule) ? pattern() : rule;
};
const randomPattern = () =>
  `${random() < 0.25 ? '!' : ''}${random() < 0.25 ? '/' : ''}${some(3, segment).join('/')}${random() < 0.25 ? '/' : ''}`;

const rulesAt = (folders) =>
  Object.fromEntries(folders.map((folder) => [folder, some(4, pattern).join(pick(['\n', '\r\n'])) + pick(['', '\n'])]));

const cases = [
  ...THOUGHT_OF.map((rule) => ({ ignore: { '': `${rule}\n` } })),
  ...THOUGHT_OF.map((rule) => ({ ignore: { '': '*\n!*/\n', a: `!${rule}\n` } })),
  ...THOUGHT_OF.map((rule) => ({ ignore: { a: `${rule}\n`, b: `*\n!${rule}` } })),
  { ignore: { '': '\ufeff# a comment\r\n\r\n   \r\na\r\n!a.o \r\n' } },
  ...Array.from({ length: count }, () => ({
    ignore: rulesAt([...new Set(some(4, () => pick(FOLDERS)))]),
    ...(random() < 0.3 ? { excludeFile: some(4, pattern).join('\n') } : {}),
    ...(random() < 0.3
      ? { exclude: some(2, () => pick(['a', '!a', '*.o', '!b.o', '/b', 'a/b', '!a/b', '*', '!*/', 'b/**'])) }
      : {}),
  })),
];

const base = mkdtempSync(join(tmpdir(), 'gitignore-vectors-'));
const git = (...words) => execFileSync('git', words, { cwd: join(base, 'tree'), encoding: 'utf8', maxBuffer: 1e8 });
const vectors = [];
try {
  for (const file of files) {
    mkdirSync(dirname(join(base, 'tree', file)), { recursive: true });
    writeFileSync(join(base, 'tree', file), '');
  }
  git('init', '--quiet');
  for (const { ignore, exclude = [], excludeFile } of cases) {
    for (const [folder, text] of Object.entries(ignore))
      writeFileSync(join(base, 'tree', folder, '.holdfastignore'), text);
    if (excludeFile !== undefined) writeFileSync(join(base, 'rules'), excludeFile);
    const listed = git(
      '-c',
      'core.ignoreCase=false',
      'ls-files',
      '-z',
      '--others',
      '--exclude-per-directory=.holdfastignore',
      ...(excludeFile === undefined ? [] : [`--exclude-from=${join(base, 'rules')}`]),
      ...exclude.map((rule) => `--exclude=${rule}`),
    );
    // As bits behind a first 1, in the order of the files: what git takes.
    const taken = new Set(listed.split('\0'));
    const bits = files.map((file) => (taken.has(file) ? '1' : '0')).join('');
    vectors.push({ ignore, exclude, excludeFile, taken: BigInt(`0b1${bits}`).toString(16) });
    for (const folder of Object.keys(ignore)) rmSync(join(base, 'tree', folder, '.holdfastignore'));
  }
} finally {
  rmSync(base, { recursive: true, force: true });
}
for (const line of [{ git: version(), files }, ...vectors]) process.stdout.write(`${JSON.stringify(line)}\n`);

function version() {
  return execFileSync('git', ['--version'], { encoding: 'utf8' }).trim();
}
