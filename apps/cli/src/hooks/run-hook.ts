import { type ChildProcess, spawn } from 'node:child_process';
import type { HookCommand } from '../config/config-file.js';

/** The events of a backup that a command can be hung on; `docs/config.md` says when each comes. */
export type HookEvent = 'before' | 'after' | 'failed';

/** How long a command may take where the config says nothing: an hour, enough to dump a database. */
const TIMEOUT_SECONDS = 3600;

/** How long a command that was asked to end has for it. Below the second within which Ctrl-C ends a command. */
const GRACE_MS = 700;

/** Where and how a hook runs. */
export interface HookConditions {
  /** The folder of the config. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Ends the command. */
  readonly signal?: AbortSignal | undefined;
}

/** How it ended. */
export interface HookOutcome {
  readonly exitStatus: number | null;
  /** `undefined` if it did what it should; else why not, as the end of a sentence: "ended with status 3". */
  readonly failure: string | undefined;
}

/**
 * Runs one command: a line by the system's shell, a list as a program and its arguments. It reads nothing; what it prints goes to
 * stderr. It is the head of a process group, so that ending it ends what it has started, but for what has left the group. Never rejects.
 */
export async function runHook(command: HookCommand, conditions: HookConditions): Promise<HookOutcome> {
  const { words, timeoutSeconds } = membersOf(command);
  if (conditions.signal?.aborted === true) return { exitStatus: null, failure: 'was not begun' };
  const isWindows = process.platform === 'win32';
  const [program = '', ...rest] = typeof words === 'string' ? [words] : words;
  const child = spawn(program, rest, {
    cwd: conditions.folder,
    env: conditions.environment,
    shell: typeof words === 'string',
    stdio: ['ignore', 2, 2],
    detached: !isWindows,
    windowsHide: true,
  });
  const ended = new Promise<HookOutcome>((resolve) => {
    child.once('error', (error) => resolve({ exitStatus: null, failure: `cannot be started: ${error.message}` }));
    child.once('exit', (exitStatus, signal) => resolve({ exitStatus, failure: failureOf(exitStatus, signal) }));
  });
  let failure: string | undefined;
  let grace: NodeJS.Timeout | undefined;
  const end = (why: string): void => {
    failure ??= why;
    endGroup(child, 'SIGTERM');
    grace ??= setTimeout(() => endGroup(child, 'SIGKILL'), GRACE_MS);
  };
  const onAbort = (): void => end('was stopped');
  const onExit = (): void => endGroup(child, 'SIGKILL');
  const timer = setTimeout(() => end(`took longer than ${timeoutSeconds} s`), timeoutSeconds * 1000);
  conditions.signal?.addEventListener('abort', onAbort, { once: true });
  // A second Ctrl-C ends this process on the spot; what it has started shall not go on without it.
  process.once('exit', onExit);
  try {
    const outcome = await ended;
    return failure === undefined ? outcome : { ...outcome, failure };
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    // What it has left behind in its group was asked to end as well.
    if (failure !== undefined) endGroup(child, 'SIGKILL');
    conditions.signal?.removeEventListener('abort', onAbort);
    process.off('exit', onExit);
  }
}

function membersOf(command: HookCommand): { words: string | readonly string[]; timeoutSeconds: number } {
  if (typeof command === 'string' || !('command' in command))
    return { words: command, timeoutSeconds: TIMEOUT_SECONDS };
  return { words: command.command, timeoutSeconds: command.timeoutSeconds ?? TIMEOUT_SECONDS };
}

function failureOf(exitStatus: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (exitStatus === 0) return undefined;
  return exitStatus === null ? `was ended by ${signal}` : `ended with status ${exitStatus}`;
}

/** The whole group, or, where there are none, the process. It may be gone by now. */
function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-pid, signal);
  } catch {
    // Nobody is left.
  }
}
