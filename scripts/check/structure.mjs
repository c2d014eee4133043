// Someone who opens any package finds the same things in the same places.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository, workspacePackages } from '../workspace.mjs';
import { decisionFaults } from './decisions.mjs';

const FILES = ['README.md', 'package.json', 'tsconfig.json', 'tsconfig.test.json', 'vitest.config.ts', 'src/index.ts'];
const ADAPTER_FILES = ['src/open.ts', 'src/target.ts', 'src/errors.ts', 'test/conformance.test.ts'];
const MEMBERS = ['version', 'description', 'keywords', 'license', 'engines', 'exports', 'files', 'sideEffects'];
const ROOT_FILES = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'LICENSE',
  '.ci/run',
  'docs/format.md',
  'docs/target-contract.md',
  'docs/writing-a-target.md',
  'docs/errors.md',
  'docs/cli.md',
  'examples/README.md',
];

export async function structure() {
  const packages = workspacePackages();
  return [
    ...ROOT_FILES.filter((path) => !existsSync(join(repository, path))).map((path) => `${path} is missing`),
    ...packages.flatMap(packageFaults),
    ...changesetFaults(packages),
    ...decisionFaults(),
    ...nameFaults(packages),
  ];
}

function packageFaults({ folder, manifest }) {
  const wanted = /^packages\/target-(?!testkit)/.test(folder) ? [...FILES, ...ADAPTER_FILES] : FILES;
  const faults = wanted
    .filter((path) => !existsSync(join(repository, folder, path)))
    .map((path) => `${folder}/${path} is missing`);
  for (const member of MEMBERS)
    if (manifest[member] === undefined) faults.push(`${folder}/package.json has no "${member}"`);
  if (manifest.license !== 'MIT') faults.push(`${folder}/package.json: the license is not MIT`);
  if (manifest.publishConfig?.access !== 'public')
    faults.push(`${folder}/package.json: publishConfig.access is not "public"`);
  if (manifest.type !== 'module') faults.push(`${folder}/package.json: the type is not "module"`);
  if (!manifest.files?.includes('CHANGELOG.md')) faults.push(`${folder}/package.json: "files" leaves out CHANGELOG.md`);
  return faults;
}

/** A package that was never released needs a changeset that releases it, or its CHANGELOG.md would never come to be. */
function changesetFaults(packages) {
  const folder = join(repository, '.changeset');
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  return packages
    .filter(({ folder: path }) => !existsSync(join(repository, path, 'CHANGELOG.md')))
    .filter(({ manifest }) => !texts.some((text) => text.includes(`"${manifest.name}":`)))
    .map(({ manifest }) => `${manifest.name} has neither a CHANGELOG.md nor a changeset (npx pnpm changeset)`);
}

/** Files are named in kebab-case for what they export, and never "utils". */
function nameFaults(packages) {
  const faults = [];
  for (const { folder } of packages) {
    for (const entry of readdirSync(join(repository, folder, 'src'), { recursive: true, withFileTypes: true })) {
      if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*$/.test(entry.name))
        faults.push(`${folder}: ${entry.name} is not in kebab-case`);
      if (/^(utils?|helpers?|misc|common)\b/.test(entry.name))
        faults.push(`${folder}: ${entry.name} says nothing of what is in it`);
    }
  }
  return faults;
}
