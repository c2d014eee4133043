import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expectJsonLines } from './json-lines.js';

/** The program as users start it. */
export const PROGRAM: string = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url));

/** `nobody` on every Linux. */
export const NOBODY = 65534;

/** How the program is started. */
export interface RunOptions {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  /** As a user without rights, where the tests run as root (who may read everything). */
  readonly unprivileged?: boolean;
}

/** What it did. */
export interface RunResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `holdfast` with its output in pipes. What it prints with `--json` has to be what the schema says. */
export async function runHoldfast(words: readonly string[], options: RunOptions): Promise<RunResult> {
  const command = [process.execPath, PROGRAM, ...words];
  const [program = '', ...rest] = options.unprivileged === true ? unprivileged(command) : command;
  const child = spawn(program, rest, { cwd: options.cwd, env: options.environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  const result = { status, stdout, stderr };
  expectJson(words, result);
  return result;
}

/** What a command has printed with `--json` has to be what the schema says. */
export function expectJson(words: readonly string[], { status, stdout, stderr }: RunResult): void {
  const said = `${words.join(' ')}\nstatus ${status}\n${stdout}${stderr}`;
  if (printsJson(words)) expectJsonLines(runsAnother(words) ? linesAmong(stderr) : stdout, status, said);
}

/** Stdout is the other command's, and on stderr the lines stand between what that one says. */
function runsAnother(words: readonly string[]): boolean {
  return words[0] === 'guard' && words.includes('--');
}

function linesAmong(stderr: string): string {
  const lines = stderr.split('\n');
  return lines.filter((line) => line.startsWith('{"type":')).join('\n');
}

function printsJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  const options = end === -1 ? words : words.slice(0, end);
  return options.includes('--json') && !options.includes('--help') && !options.includes('-h');
}

/** A command as somebody runs it who may not read everything: as `nobody` if we are root, else as ourselves. */
export function unprivileged(command: readonly string[]): string[] {
  if (process.getuid?.() !== 0) return [...command];
  return ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', ...command];
}
