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
  /** No command has ended it, and none is under way, of a test that has run out of time. */
  readonly isFree: boolean;
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
  let isBusy = false;
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  return {
    get isFree() {
      return !isBusy && !isGone();
    },
    async run(command, { cwd, environment }) {
      isBusy = true;
      said.stdout = '';
      said.stderr = '';
      const mark = `\0${randomUUID()}`;
      child.send({ words: command, cwd, environment, mark });
      const status = await Promise.race([statusOf(child), ended]);
      if (typeof status !== 'number')
        throw new Error(`${command.join(' ')} ended its process: ${said.stdout}${said.stderr}`);
      await Promise.all([marked(child, 'stdout'), marked(child, 'stderr')]);
      isBusy = false;
      const result = { status, stdout: said.stdout.slice(0, -mark.length), stderr: said.stderr.slice(0, -mark.length) };
      expectJson(command, result);
      return result;

      async function marked(from: ChildProcess, name: 'stdout' | 'stderr'): Promise<void> {
        while (!said[name].endsWith(mark)) {
          if (isGone()) throw new Error(`${command.join(' ')} ended its process`);
          await Promise.race([once(from[name] ?? from, 'data'), ended]);
        }
      }
    },
    async end() {
      if (isGone()) return;
      const exited = once(child, 'exit');
      // A command that is under way takes any other signal for its own.
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function statusOf(child: ChildProcess): Promise<number> {
  const [status] = (await once(child, 'message')) as [number];
  return status;
}
