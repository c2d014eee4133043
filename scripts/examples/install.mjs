// A folder with the examples and everything they need, none of it from the workspace but the tarballs.
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { packAll, runProgram } from '../pack.mjs';
import { repository } from '../workspace.mjs';

/**
 * @typedef {object} Installed
 * @property {string} folder with the examples below it, and one node_modules for all of them
 * @property {string[]} versions what was installed from tarballs
 * @property {NodeJS.ProcessEnv} environment an empty home, and the installed `holdfast` on the PATH
 * @property {(program: string, words: string[], options?: { cwd?: string, environment?: NodeJS.ProcessEnv }) => Promise<{ status: number, stdout: string, output: string }>} run
 */

/**
 * Packs, copies and installs. What the examples depend on is what their package.json says, only that our own packages come from the
 * tarballs, also where one of them depends on another.
 *
 * @param {string} folder an empty one
 * @param {string[]} names the examples
 * @returns {Promise<Installed>}
 */
export async function installExamples(folder, names) {
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs);
  const packed = await packAll(tarballs);
  const ours = Object.fromEntries(
    packed.map(({ manifest, tarball }) => [manifest.name, `file:tarballs/${basename(tarball)}`]),
  );
  for (const name of names) cpSync(join(repository, 'examples', name), join(folder, name), { recursive: true });
  const theirs = Object.assign({}, ...names.map((name) => dependenciesOf(join(folder, name))));
  const manifest = {
    name: 'examples',
    private: true,
    type: 'module',
    dependencies: { ...theirs, ...ours },
    overrides: ours,
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, undefined, 2));

  const words = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];
  const { status, output } = await runProgram('npm', words, { cwd: folder });
  if (status !== 0) throw new Error(`npm install failed:\n${output}`);
  for (const {
    manifest: { name },
  } of packed)
    assertInstalled(folder, name);

  const environment = environmentOf(folder);
  const run = (program, given, options = {}) => runProgram(program, given, { cwd: folder, environment, ...options });
  return { folder, versions: packed.map(({ manifest: { name, version } }) => `${name}@${version}`), environment, run };
}

function dependenciesOf(folder) {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return {};
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path, 'utf8'));
  return { ...dependencies, ...devDependencies };
}

/** Real files of its own, once: neither a link into the workspace nor a copy within another package. */
function assertInstalled(folder, name) {
  const path = join(folder, 'node_modules', name);
  if (lstatSync(path).isSymbolicLink() || realpathSync(path) !== path) throw new Error(`${name} is a link`);
  const nested = join(path, 'node_modules', '@holdfast');
  if (existsSync(nested)) throw new Error(`${name} brings its own ${readdirSync(nested).join(', ')}`);
}

function environmentOf(folder) {
  const home = join(folder, 'home');
  mkdirSync(home);
  const { PATH = '', SystemRoot, TMPDIR, TEMP, CI } = process.env;
  return {
    PATH: [join(folder, 'node_modules', '.bin'), PATH].join(delimiter),
    HOME: home,
    USERPROFILE: home,
    LOCALAPPDATA: home,
    ...Object.fromEntries(Object.entries({ SystemRoot, TMPDIR, TEMP, CI }).filter(([, value]) => value !== undefined)),
  };
}
