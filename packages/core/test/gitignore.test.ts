import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseRule, parseRuleFile } from '../src/source/filter-rules.js';
import { FolderFilter, type SourceRules } from '../src/source/source-filter.js';

/** What git takes of one tree under many sets of rules; `write-gitignore-vectors.mjs` has asked it. */
interface Vector {
  /** By folder, what its `.holdfastignore` holds. */
  readonly ignore: Readonly<Record<string, string>>;
  readonly exclude: readonly string[];
  readonly excludeFile?: string;
  /** Hexadecimal: a first 1, then a bit for each file. */
  readonly taken: string;
}

/** Another file of vectors can be named, to try more than what is kept. */
const path = process.env.HOLDFAST_GITIGNORE_VECTORS ?? join(import.meta.dirname, 'gitignore-vectors.jsonl');
const [head = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n');
const { git, files } = JSON.parse(head) as { git: string; files: readonly string[] };
const vectors = lines.map((line) => JSON.parse(line) as Vector);

interface Folder {
  readonly files: Set<string>;
  readonly folders: Map<string, Folder>;
}

const newFolder = (): Folder => ({ files: new Set(), folders: new Map() });
const tree = newFolder();
for (const file of files) {
  const names = file.split('/');
  let folder = tree;
  for (const name of names.slice(0, -1)) {
    const inner = folder.folders.get(name) ?? newFolder();
    folder.folders.set(name, inner);
    folder = inner;
  }
  folder.files.add(names.at(-1) ?? '');
}

/** Walks the tree as a backup does: what is left out is not entered. */
function takenOf(rules: SourceRules, ignore: Readonly<Record<string, string>>): string[] {
  const taken: string[] = [];
  const walk = (folder: Folder, at: string, above: FolderFilter): void => {
    const text = ignore[at.slice(0, -1)];
    const filter = text === undefined ? above : above.withIgnoreFile(parseRuleFile(Buffer.from(text), '').rules);
    for (const name of folder.files) if (filter.judgeName(Buffer.from(name), false) === 'take') taken.push(at + name);
    for (const [name, inner] of folder.folders) {
      const verdict = filter.judgeName(Buffer.from(name), true);
      if (verdict === 'take') walk(inner, `${at}${name}/`, filter.enter(Buffer.from(name), verdict));
    }
  };
  const top = { dev: 1n } as Parameters<typeof FolderFilter.top>[1];
  walk(tree, '', FolderFilter.top(rules, top));
  return taken.sort();
}

it(`rules take what git takes (${git}, ${vectors.length} sets of rules, ${files.length} files)`, () => {
  expect(vectors.length).toBeGreaterThan(300);
  const different: unknown[] = [];
  for (const { ignore, exclude, excludeFile, taken } of vectors) {
    const rules: SourceRules = {
      include: [],
      exclude: exclude.map((rule) => parseRule({ rule })),
      excludeFiles: excludeFile === undefined ? [] : parseRuleFile(Buffer.from(excludeFile), '').rules,
      takeCaches: false,
      oneFileSystem: false,
      largerThanBytes: undefined,
      smallerThanBytes: undefined,
    };
    const bits = BigInt(`0x${taken}`).toString(2).slice(1);
    const wanted = files.filter((_, index) => bits[index] === '1');
    const got = takenOf(rules, ignore);
    if (got.join('\0') === wanted.join('\0')) continue;
    const onlyGit = wanted.filter((file) => !got.includes(file)).slice(0, 4);
    different.push({
      ignore,
      exclude,
      excludeFile,
      onlyGit,
      onlyUs: got.filter((file) => !wanted.includes(file)).slice(0, 4),
    });
  }
  expect(different).toEqual([]);
});
