import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repository } from '../workspace.mjs';
import { repositoryFiles } from './repository-files.mjs';

const FOLDER = 'docs/decisions';
const FOLDERS = ['.changeset', 'docs', 'packages', 'apps', 'scripts', 'bench', 'examples'];
const TEXT = /\.(md|ts|mts|js|mjs|json|jsonc|txt|yml)$/;
/** In any file the path of a record, and among the records a link to another one. */
const REFERENCE = /\bdecisions\/(\d{4}[\w.-]*)/g;
const LINK = /\]\((\d{4}-[\w.-]*)/g;
/** What a link that shows a number leads to. */
const SHOWN = /\[\D{0,20}(\d{4})\]\([^)\s]*?(\d{4}-[\w-]*)\.md/g;

/** Each decision has a number of its own, which stands in its title as well, and what refers to one finds it. */
export function decisionFaults() {
  const names = readdirSync(join(repository, FOLDER)).sort();
  return [...names.flatMap((name, index) => nameFaults(name, names[index - 1])), ...referenceFaults(new Set(names))];
}

function nameFaults(name, before) {
  const number = /^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1];
  if (number === undefined) return [`${FOLDER}/${name} is not called NNNN-in-kebab-case.md`];
  if (before?.startsWith(`${number}-`)) return [`${FOLDER}/${name} has the number of ${before}`];
  const [title = ''] = readFileSync(join(repository, FOLDER, name), 'utf8').split('\n');
  const start = `# ${Number(number)}. `;
  return title.startsWith(start) ? [] : [`${FOLDER}/${name} does not begin with "${start}"`];
}

function referenceFaults(names) {
  const faults = [];
  const inRoot = readdirSync(repository).filter((name) => TEXT.test(name));
  for (const path of [...inRoot, ...repositoryFiles(FOLDERS)]) {
    if (!TEXT.test(path)) continue;
    const text = readFileSync(join(repository, path), 'utf8');
    const isDecision = dirname(path) === join(FOLDER);
    for (const [reference, name] of [...text.matchAll(REFERENCE), ...(isDecision ? text.matchAll(LINK) : [])]) {
      if (!names.has(name.replace(/\.+$/, ''))) faults.push(`${path}: ${reference} leads nowhere`);
    }
    for (const [link, shown, name] of text.matchAll(SHOWN)) {
      if (!name.startsWith(shown)) faults.push(`${path}: ${link} shows another number`);
    }
  }
  return faults;
}
