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
  /** Stopped by Ctrl-C (128 + SIGINT). */
  interrupted: 130,
  /** Stopped by SIGTERM (128 + SIGTERM). */
  terminated: 143,
} as const;

/** One of {@link EXIT}. */
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
