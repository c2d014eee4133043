import { EXIT, type ExitStatus } from './exit-status.js';

/** Stable codes of what only the command line can say; `docs/errors.md` lists each with its cure. */
export type CliErrorCode =
  /** The words do not fit the command: unknown option, missing argument, two that exclude each other. */
  | 'USAGE'
  /** A new `s3:` target without `--format plain`. */
  | 'FORMAT_NEEDED'
  /** A format or a way of restoring that this version does not have. */
  | 'NOT_AVAILABLE'
  /** A single archive holds one snapshot, and this one exists. */
  | 'ARCHIVE_EXISTS'
  /** An archive that the config has written after a backup would be part of the next one. */
  | 'EXPORT_INSIDE_SOURCE'
  /** Several files of the snapshot look like the path given. */
  | 'PATH_AMBIGUOUS'
  /** The snapshot holds nothing under the path given. */
  | 'PATH_NOT_FOUND'
  /** The content of a file would disturb the terminal it is to appear on. */
  | 'BINARY_CONTENT'
  /** It needs a yes: there was a no, or nobody to ask. Nothing was done. */
  | 'NOT_CONFIRMED'
  /** What is in a file cannot be read: it is broken, needs a password, or is of a kind that is not read here. */
  | 'CONTENT_UNREADABLE'
  /** The config is not what it must be: the message begins with file, line and column. */
  | 'CONFIG'
  /** `init` writes no config over another. */
  | 'CONFIG_EXISTS'
  /** The config of the working folder could have been put there by somebody else. */
  | 'CONFIG_REFUSED'
  /** The config holds commands, and the user has not said that they may run. */
  | 'CONFIG_UNTRUSTED'
  /** A command of the config failed, and the backup was not begun. */
  | 'HOOK_FAILED'
  /** What a guarded command has started cannot be ended. */
  | 'STILL_RUNNING'
  /** Stdout or stderr cannot be written, and not because its reader left. */
  | 'OUTPUT'
  /** Nothing in the program expected this: a fault of Holdfast, or of the machine. */
  | 'UNEXPECTED';

/** What {@link CliError} is made from. */
export interface CliErrorContext {
  readonly code: CliErrorCode;
  /** What happened to what, one sentence without a full stop. */
  readonly message: string;
  /** What to do next. */
  readonly hint?: string | undefined;
  /** 2 unless given. */
  readonly exitStatus?: ExitStatus;
}

/** A refusal of the command line itself, before the engine was asked or in place of its answer. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;
  readonly hint: string | undefined;
  readonly exitStatus: ExitStatus;

  constructor(context: CliErrorContext) {
    super(context.message);
    this.code = context.code;
    this.hint = context.hint;
    this.exitStatus = context.exitStatus ?? EXIT.usage;
  }
}
