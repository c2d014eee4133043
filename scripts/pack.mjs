// The packages as they would be published: tarballs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository, workspacePackages } from './workspace.mjs';

/**
 * Packs every package that can be published. The packages have to be built.
 *
 * @param {string} folder where the tarballs go
 * @returns {Promise<{ folder: string, manifest: Record<string, any>, tarball: string }[]>} each with the path of its tarball
 * @throws Error with what pnpm said
 */
export async function packAll(folder) {
  const packages = workspacePackages().filter(({ manifest }) => manifest.private !== true);
  return Promise.all(
    packages.map(async (entry) => {
      const words = ['pack', '--json', '--pack-destination', folder];
      const { status, stdout, output } = await runPnpm(words, { cwd: join(repository, entry.folder) });
      if (status !== 0) throw new Error(`${entry.folder} cannot be packed:\n${output}`);
      return { ...entry, tarball: JSON.parse(stdout.slice(stdout.indexOf('{'))).filename };
    }),
  );
}

/**
 * Runs pnpm: the one that started us (`npx pnpm@… SCRIPT` says where it is), else the workspace's version through npx.
 *
 * @param {string[]} words
 * @param {{ cwd?: string, environment?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ status: number, stdout: string, output: string }>}
 */
export async function runPnpm(words, { cwd = repository, environment = process.env } = {}) {
  const running = environment.npm_execpath ?? '';
  const [program, ...first] = /pnpm[^/\\]*\.c?js$/.test(running)
    ? [process.execPath, running]
    : ['npx', '-y', JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')).packageManager];
  return runProgram(program, [...first, ...words], { cwd, environment });
}

/**
 * Runs a program to its end, with nothing to read.
 *
 * @param {string} program
 * @param {string[]} words
 * @param {{ cwd: string, environment?: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ status: number, stdout: string, output: string }>} `output`: stdout and stderr as they came
 */
export async function runProgram(program, words, { cwd, environment = process.env }) {
  const child = spawn(program, words, {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32' && program !== process.execPath,
  });
  let stdout = '';
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const [status] = await once(child, 'close');
  return { status: status ?? 1, stdout, output };
}
