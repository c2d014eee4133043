// Where things are in this repository, and how its tools are started.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder, without a slash at its end. */
export const repository = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** Every package of the workspace: its folder relative to the repository (with `/`), and its package.json. */
export function workspacePackages() {
  return ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(repository, parent))
      .filter((name) => !name.startsWith('.'))
      .map((name) => `${parent}/${name}`)
      .filter((folder) => existsSync(join(repository, folder, 'package.json')))
      .map((folder) => ({
        folder,
        manifest: JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8')),
      })),
  );
}

/**
 * Starts a tool of the workspace (`turbo`, `tsc`, `biome`, …) and waits for it.
 *
 * @param {string} tool its name in node_modules/.bin
 * @param {string[]} words
 * @param {{ cwd?: string, environment?: NodeJS.ProcessEnv, input?: string, show?: boolean }} [options] `show`: straight to the
 *   terminal instead of into `output`
 * @returns {Promise<{ status: number, output: string }>}
 */
export async function runTool(tool, words, { cwd = repository, environment = process.env, input, show = false } = {}) {
  const program = join(repository, 'node_modules', '.bin', process.platform === 'win32' ? `${tool}.cmd` : tool);
  const child = spawn(program, words, {
    cwd,
    env: { ...environment, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
    stdio: [input === undefined ? 'ignore' : 'pipe', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    shell: process.platform === 'win32',
  });
  child.stdin?.end(input);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (text) => {
      output += text;
    });
  }
  const [status, signal] = await once(child, 'close');
  return { status: status ?? (signal === null ? 1 : 128), output };
}

/** Compiles every package; says nothing unless it fails. @returns {Promise<boolean>} did it work? */
export async function buildAll() {
  const { status, output } = await runTool('turbo', ['run', 'build', '--output-logs=errors-only']);
  if (status !== 0) process.stdout.write(`${output}\nThe build failed.\n`);
  if (/package manager binary/.test(output))
    process.stdout.write('Start it with npx pnpm@10.34.9, which brings pnpm.\n');
  if (status === 0) removeLeftovers();
  return status === 0;
}

/** The compiler forgets what it wrote for a source that is gone, and turbo's cache remembers it; nobody shall be given that. */
function removeLeftovers() {
  for (const { folder } of workspacePackages()) {
    const dist = join(repository, folder, 'dist');
    for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && isLeftover(dist, path)) rmSync(path);
    }
  }
}

function isLeftover(dist, path) {
  const [, stem] = /^(.*?)(?:\.d\.ts|\.js|\.js\.map)$/.exec(path) ?? [];
  return stem !== undefined && !existsSync(`${join(dist, '..', 'src', relative(dist, stem))}.ts`);
}
