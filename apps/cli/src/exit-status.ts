/** The exit statuses of every command; `docs/cli.md` explains them, and scripts depend on them. */
export const EXIT = {
  /** All of it is done. */
  done: 0,
  /** It failed, or every source is missing. */
  failed: 1,
  /** The words were wrong; nothing was done. */
  usage: 2,
  /** Done, but not all: something was skipped, unreadable, changed while it was read, or could not be given. */
  partial: 3,
  /** What is stored is not whole. */
  notWhole: 4,
  /** `guard`: the command took longer than it was to, and ended well all the same, as timeout(1) has it. */
  timedOut: 124,
  /** `guard` could not start, or not roll back. */
  notGuarded: 125,
  /** `guard`: the command is there and cannot be run, as env(1) has it. */
  cannotRun: 126,
  /** `guard`: there is no such command. */
  notFound: 127,
  /** Stopped by Ctrl-C (128 + SIGINT). */
  interrupted: 130,
  /** Stopped by SIGTERM (128 + SIGTERM). */
  terminated: 143,
} as const;

/** One of {@link EXIT}, or that of a command that was run. */
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT] | PassedStatus;

/** The exit status of another command, passed on. */
export type PassedStatus = number & { readonly [PASSED]: true };

declare const PASSED: unique symbol;

/** Passes the exit status of another command on. */
export function passedStatus(status: number): PassedStatus {
  return status as PassedStatus;
}
