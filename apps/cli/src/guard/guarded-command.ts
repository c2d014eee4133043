import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { EXIT, type ExitStatus, passedStatus } from '../exit-status.js';
import type { Session } from '../session.js';
import { endProcesses } from './end-processes.js';
import { GUARD_VARIABLE } from './process-tree.js';

/** A guarded command that has failed. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  /** Its own, or the one that says which signal ended it. */
  readonly exitStatus: ExitStatus;
  readonly signal: NodeJS.Signals | undefined;
  /** It could not even be started. */
  readonly neverRan: boolean;

  constructor(
    message: string,
    exitStatus: ExitStatus,
    { signal, neverRan = false }: { readonly signal?: NodeJS.Signals | undefined; readonly neverRan?: boolean } = {},
  ) {
    super(message);
    this.exitStatus = exitStatus;
    this.signal = signal;
    this.neverRan = neverRan;
  }
}

/** A guarded command while it runs, and what is left of it. */
export class GuardedCommand {
  readonly #session: Session;
  readonly #words: readonly string[];
  #id = '';
  #group: number | undefined;

  constructor(session: Session, words: readonly string[]) {
    this.#session = session;
    this.#words = words;
  }

  /**
   * Runs it, with stdin, stdout, stderr and the terminal of this process, and hands signals on to it.
   *
   * @param stop ends it, and all that it has started.
   * @throws {@link CommandFailed} unless it ends with 0.
   */
  async run(id: string, stop: AbortSignal): Promise<void> {
    this.#id = id;
    const [program = '', ...rest] = this.#words;
    // A session of its own would cost it the terminal.
    const detached = process.platform !== 'win32' && !hasTerminal();
    const mark = [this.#session.environment[GUARD_VARIABLE], id].filter((one) => one !== undefined).join(' ');
    const env = { ...this.#session.environment, [GUARD_VARIABLE]: mark };
    const child = startOf(program, () => spawn(program, rest, { stdio: 'inherit', detached, env }));
    if (detached || process.platform === 'win32') this.#group = child.pid;
    const giveBack = this.#session.divertSignals((name) => this.#passOn(child, name, detached));
    const onStop = (): void => void this.end().catch(() => undefined);
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    try {
      const failure = await endingOf(child, program);
      if (failure !== undefined) throw failure;
    } finally {
      stop.removeEventListener('abort', onStop);
      giveBack();
    }
  }

  /** Ends what it has left running. */
  async end(): Promise<void> {
    await endProcesses({ id: this.#id, group: this.#group });
  }

  /** From a terminal an interrupt reaches the command by itself. */
  #passOn(child: ChildProcess, name: NodeJS.Signals, detached: boolean): void {
    if (!detached && (name === 'SIGINT' || name === 'SIGQUIT')) return;
    try {
      if (detached && child.pid !== undefined) process.kill(-child.pid, name);
      else child.kill(name);
    } catch {
      // It has just ended.
    }
  }
}

/** Is there a terminal that this process belongs to? One that is only written to, by a pipe say, is none. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r+'));
    return true;
  } catch {
    return false;
  }
}

/** Most of what goes wrong comes as an event; some, as words that are too long, is thrown at once. */
function startOf(program: string, start: () => ChildProcess): ChildProcess {
  try {
    return start();
  } catch (error) {
    throw cannotRun(program, error instanceof Error ? error.message : String(error));
  }
}

function cannotRun(program: string, reason: string): CommandFailed {
  return new CommandFailed(`${program} cannot be run: ${reason}`, EXIT.cannotRun, { neverRan: true });
}

function endingOf(child: ChildProcess, program: string): Promise<CommandFailed | undefined> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const missing = new CommandFailed(`there is no command ${program}`, EXIT.notFound, { neverRan: true });
      resolve(error.code === 'ENOENT' ? missing : cannotRun(program, error.message));
    });
    child.once('exit', (status, signal) => {
      if (status === 0) resolve(undefined);
      else if (status !== null)
        resolve(new CommandFailed(`the command ended with status ${status}`, passedStatus(status)));
      else {
        const status = passedStatus(128 + (signal === null ? 0 : constants.signals[signal]));
        const failure = new CommandFailed(`the command was ended by ${signal}`, status, {
          signal: signal ?? undefined,
        });
        resolve(failure);
      }
    });
  });
}
