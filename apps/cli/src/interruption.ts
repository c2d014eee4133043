import { EXIT, type ExitStatus } from './exit-status.js';

/** A clean stop that takes longer than this is given up: "within a second" is a promise, and dying is safe at any instant. */
const CLEAN_STOP_MS = 900;

const STATUS: Readonly<Record<string, ExitStatus>> = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated };

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
  const listener = (name: NodeJS.Signals): void => {
    const status = STATUS[name] ?? EXIT.interrupted;
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
    stop,
    end() {
      ended = true;
      clearTimeout(timer);
      source.off('SIGINT', listener);
      source.off('SIGTERM', listener);
    },
  };
}
