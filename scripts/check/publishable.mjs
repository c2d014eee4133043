// Would the packages work for those who install them? Asked of the tarballs, which are all that anybody gets.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packAll, runPnpm, runProgram } from '../pack.mjs';
import { repository, runTool } from '../workspace.mjs';

/** What a tarball may hold; each `dist` file has to come from a source as well. */
const ALLOWED = [
  /^package\.json$/,
  /^README\.md$/,
  /^LICENSE$/,
  /^CHANGELOG\.md$/,
  /^bin\/[a-z-]+\.js$/,
  /^dist\/(?:[a-z0-9-]+\/)*[a-z0-9-]+\.(?:js|d\.ts)$/,
  /^dist\/(?:config|output)\.schema\.json$/,
  /^bundle\/[\w-]+\.js$/,
];
const TESTS = /(?:^|\/)test\/|\.test\.|\.map$|tsbuildinfo/;
const REQUIRED = ['package.json', 'README.md', 'LICENSE'];

export async function publishable() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-pack-'));
  try {
    const packages = await packAll(folder);
    const complaints = [];
    for (const entry of packages) complaints.push(...(await faultsOf(entry)));
    return [...complaints, ...(await publishFaults())];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function faultsOf(entry) {
  const attw = ['--profile', 'esm-only', '--no-emoji', '--no-color', '--format', 'ascii', entry.tarball];
  const [lint, types, contents] = await Promise.all([
    runTool('publint', ['--strict', entry.tarball]),
    runTool('attw', attw),
    contentFaults(entry),
  ]);
  const complaints = [...contents];
  for (const [name, { status, output }] of Object.entries({ publint: lint, attw: types })) {
    if (status !== 0) complaints.push(`${name}: ${output.trim()}`);
  }
  return complaints.map((complaint) => `${entry.folder}: ${complaint}`);
}

/** The names in a tarball against what may be there and what must. */
async function contentFaults({ folder, tarball }) {
  const { stdout } = await runProgram('tar', ['-tzf', tarball], { cwd: repository });
  const names = stdout
    .trim()
    .split(/\r?\n/)
    .map((name) => name.replace(/^package\//, ''));
  // CHANGELOG.md comes with the first release, made by changesets.
  const required = existsSync(join(repository, folder, 'CHANGELOG.md')) ? [...REQUIRED, 'CHANGELOG.md'] : REQUIRED;
  return [
    ...required.filter((name) => !names.includes(name)).map((name) => `the tarball has no ${name}`),
    ...names
      .filter((name) => !ALLOWED.some((pattern) => pattern.test(name)) || TESTS.test(name))
      .map(
        (name) => `the tarball holds ${name}, which may not be in one (from an earlier build? remove dist and .turbo)`,
      ),
    ...names
      .filter((name) => /^dist\/.*\.(?:js|d\.ts)$/.test(name) && !hasSource(folder, name))
      .map((name) => `the tarball holds ${name}, which has no source (from an earlier build? remove dist and .turbo)`),
  ];
}

function hasSource(folder, name) {
  return existsSync(join(repository, folder, name.replace(/^dist/, 'src').replace(/(?:\.d\.ts|\.js)$/, '.ts')));
}

/** pnpm asks the registry what is there already; without a network it goes on, and is not to try for minutes. */
async function publishFaults() {
  const environment = { ...process.env, npm_config_fetch_retries: '0', npm_config_fetch_timeout: '5000' };
  const { status, output } = await runPnpm(['-r', 'publish', '--dry-run', '--no-git-checks'], { environment });
  return status === 0 ? [] : [`pnpm -r publish --dry-run: ${output.trim().split('\n').slice(-15).join('\n')}`];
}
