import { EXIT, type ExitStatus } from './exit-status.js';

/** A clean stop that takes longer than this is given up: "within a second" is a promise, and dying is safe at any instant. */
const CLEAN_STOP_MS = 900;

const STATUS: Readonly<Record<string, ExitStatus>> = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated };

/** Beside those that stop a command: what ends or moves one that it runs, and would end this process otherwise. */
const DIVERTED: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGHUP', 'SIGBREAK'] : ['SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];

/** The part of `process` that is used. */
export interface SignalSource {
  on(name: NodeJS.Signals, listener: (name: NodeJS.Signals) => void): unknown;
  off(name: NodeJS.Signals, listener: (name: NodeJS.Signals) => void): unknown;
  exit(status: number): never;
}

/** What ends a running command early: Ctrl-C, SIGTERM, or an output that cannot be written. */
export interface Interruption {
  /** Fires at the first signal, or when the command is stopped. */
  readonly signal: AbortSignal;
  /** The exit status that the signal or {@link stop} asks for; `undefined` before any. */
  readonly exitStatus: ExitStatus | undefined;
  /** Rejects if the command has not ended within a second of the first signal. */
  readonly overdue: Promise<never>;
  /** Hands every signal on from now on, in place of stopping, until what this gives is called. */
  divert(to: (name: NodeJS.Signals, stopAtOnce: () => never) => void): () => void;
  /** Asks for a clean stop, as a first signal does; nothing if one was asked for already. */
  stop(status: ExitStatus, cause: string): void;
  /** Takes the listeners away. */
  end(): void;
}

/** Listens. The first signal asks for a clean stop and calls `onFirst`, a second one ends the process on the spot. */
export function listenForInterruption(source: SignalSource, onFirst: () => void): Interruption {
  const controller = new AbortController();
  let exitStatus: ExitStatus | undefined;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  let giveUp: (reason: unknown) => void = () => {};
  const overdue = new Promise<never>((_resolve, reject) => {
    giveUp = reject;
  });
  overdue.catch(() => {});

  const stop = (status: ExitStatus, cause: string): void => {
    if (exitStatus !== undefined || ended) return;
    exitStatus = status;
    timer = setTimeout(() => giveUp(controller.signal.reason), CLEAN_STOP_MS);
    controller.abort(new Error(`stopped by ${cause}`));
  };
  let diverted: ((name: NodeJS.Signals, stopAtOnce: () => never) => void) | undefined;
  const listener = (name: NodeJS.Signals): void => {
    const status = STATUS[name] ?? EXIT.interrupted;
    if (diverted !== undefined) {
      diverted(name, () => source.exit(status));
      return;
    }
    if (exitStatus !== undefined) source.exit(status);
    onFirst();
    stop(status, name);
  };
  source.on('SIGINT', listener);
  source.on('SIGTERM', listener);
  return {
    signal: controller.signal,
    get exitStatus() {
      return exitStatus;
    },
    overdue,
    divert(to) {
      diverted = to;
      for (const name of DIVERTED) source.on(name, listener);
      return () => {
        diverted = undefined;
        for (const name of DIVERTED) source.off(name, listener);
      };
    },
    stop,
    end() {
      ended = true;
      clearTimeout(timer);
      source.off('SIGINT', listener);
      source.off('SIGTERM', listener);
    },
  };
}
