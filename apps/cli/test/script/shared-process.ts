import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expectJson, PROGRAM, type RunOptions, type RunResult, unprivileged } from './run-holdfast.js';

const CHILD = fileURLToPath(new URL('./shared-process.mjs', import.meta.url));

/**
 * A process in which commands run one after the other. Most of the time that a small command takes its process takes to start;
 * what is printed and done, and the exit status, are the same.
 */
export interface SharedProcess {
  /** A command has ended it. */
  readonly isEnded: boolean;
  /** Runs a command, as `runHoldfast` does; not two at once. */
  run(words: readonly string[], options: Omit<RunOptions, 'unprivileged'>): Promise<RunResult>;
  end(): Promise<void>;
}

/** Starts one: as a user without rights, if asked. */
export function startSharedProcess(isUnprivileged: boolean): SharedProcess {
  const words = [process.execPath, CHILD, pathToFileURL(PROGRAM).href];
  const [program = '', ...rest] = isUnprivileged ? unprivileged(words) : words;
  const child = spawn(program, rest, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const ended = once(child, 'close');
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  return {
    get isEnded() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    async run(command, { cwd, environment }) {
      said.stdout = '';
      said.stderr = '';
      const mark = `\0${randomUUID()}`;
      child.send({ words: command, cwd, environment, mark });
      const status = await Promise.race([statusOf(child), ended]);
      if (typeof status !== 'number')
        throw new Error(`${command.join(' ')} ended its process: ${said.stdout}${said.stderr}`);
      await Promise.all([marked(child, 'stdout'), marked(child, 'stderr')]);
      const result = { status, stdout: said.stdout.slice(0, -mark.length), stderr: said.stderr.slice(0, -mark.length) };
      expectJson(command, result);
      return result;

      async function marked(from: ChildProcess, name: 'stdout' | 'stderr'): Promise<void> {
        while (!said[name].endsWith(mark)) await Promise.race([once(from[name] ?? from, 'data'), ended]);
      }
    },
    async end() {
      child.kill();
      await ended;
    },
  };
}

async function statusOf(child: ChildProcess): Promise<number> {
  const [status] = (await once(child, 'message')) as [number];
  return status;
}
