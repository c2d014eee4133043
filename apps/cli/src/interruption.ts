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

/** What Ctrl-C and SIGTERM do to a running command. */
export interface Interruption {
  /** Fires at the first signal. */
  readonly signal: AbortSignal;
  /** The exit status that the signal asks for; `undefined` before any. */
  readonly exitStatus: ExitStatus | undefined;
  /** Rejects if the command has not ended within a second of the first signal. */
  readonly overdue: Promise<never>;
  /** Takes the listeners away. */
  end(): void;
}

/** Listens. The first signal asks for a clean stop and calls `onFirst`, a second one ends the process on the spot. */
export function listenForInterruption(source: SignalSource, onFirst: () => void): Interruption {
  const controller = new AbortController();
  let exitStatus: ExitStatus | undefined;
  let timer: NodeJS.Timeout | undefined;
  let giveUp: (reason: unknown) => void = () => {};
  const overdue = new Promise<never>((_resolve, reject) => {
    giveUp = reject;
  });
  overdue.catch(() => {});

  const listener = (name: NodeJS.Signals): void => {
    if (exitStatus !== undefined) source.exit(STATUS[name] ?? EXIT.interrupted);
    exitStatus = STATUS[name] ?? EXIT.interrupted;
    onFirst();
    timer = setTimeout(() => giveUp(controller.signal.reason), CLEAN_STOP_MS);
    controller.abort(new Error(`stopped by ${name}`));
  };
  source.on('SIGINT', listener);
  source.on('SIGTERM', listener);
  return {
    signal: controller.signal,
    get exitStatus() {
      return exitStatus;
    },
    overdue,
    end() {
      clearTimeout(timer);
      source.off('SIGINT', listener);
      source.off('SIGTERM', listener);
    },
  };
}
