/** Stable codes of a {@link HoldfastError}; `docs/errors.md` lists each with its cure. */
export type HoldfastErrorCode =
  /** None of the sources exists. */
  | 'SOURCE_MISSING'
  /** Two sources of one name, or a name that cannot be used. */
  | 'SOURCE_NAME'
  /** A pattern of what is to be included or excluded that can match nothing. */
  | 'BAD_PATTERN'
  /** A file of patterns cannot be read. */
  | 'EXCLUDE_FILE'
  /** Nothing says that a source's recorded place is on this machine. */
  | 'SOURCE_ELSEWHERE'
  /** A source lies inside the target it should be stored in. */
  | 'SOURCE_INSIDE_TARGET'
  /** No snapshot and no mark of Holdfast's is at this place. */
  | 'NOT_A_TARGET'
  /** The place holds other content, and nothing of Holdfast's. */
  | 'TARGET_NOT_EMPTY'
  /** Made by a newer version that this one must not read, or must not write to. */
  | 'FORMAT_UNSUPPORTED'
  /** No snapshot of this id or name. */
  | 'SNAPSHOT_NOT_FOUND'
  /** The snapshot was removed, and can be brought back. */
  | 'SNAPSHOT_REMOVED'
  /** There is no removal to take back, or it is too late: a prune has deleted what was removed, or is about to. */
  | 'NOTHING_TO_UNDO'
  /** Several snapshots fit what was given. */
  | 'SNAPSHOT_AMBIGUOUS'
  /** Record or manifest is not what was written. */
  | 'SNAPSHOT_DAMAGED'
  /** The stored bytes of a file are gone, or not those that were saved. */
  | 'FILE_DAMAGED'
  /** Two targets hold different snapshots under one id. */
  | 'SNAPSHOT_CONFLICT'
  /** No pattern chooses anything of the snapshot. */
  | 'NO_MATCH'
  /** A restore that deletes, from a snapshot that is known to lack what was there. */
  | 'INCOMPLETE'
  | 'NOT_REPLACED'
  /** A restore in place of what this host, user and path did not record. */
  | 'NOT_FROM_HERE'
  /** A file stands where one is to be written, and nobody has said that it may go. */
  | 'FILE_EXISTS'
  /** The destination of a restore cannot be used. */
  | 'DESTINATION'
  /** A guarded run could not begin: nothing was started. */
  | 'NOT_GUARDED'
  /** What a guarded run has changed could not be given back, or not all of it. */
  | 'NOT_ROLLED_BACK'
  /** A guarded run took longer than it was to. */
  | 'TIMED_OUT'
  /** There is not enough room to keep what would be replaced. Nothing was changed. */
  | 'NO_ROOM'
  /** Something that would be replaced cannot be kept. Nothing was changed. */
  | 'NOT_KEPT'
  /** Ended by a signal. What was complete stays. */
  | 'ABORTED'
  /** The local state folder cannot be used. */
  | 'STATE';

/** What {@link HoldfastError} is made from. */
export interface HoldfastErrorContext {
  readonly code: HoldfastErrorCode;
  /** What happened to what, one sentence. */
  readonly message: string;
  /** What to do next, one sentence. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

const BRAND = Symbol.for('holdfast.HoldfastError');

/** An operation that could not be done. Errors of a store are `TargetError`s; both have `code` and `hint`. */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError';
  readonly code: HoldfastErrorCode;
  readonly hint: string | undefined;

  constructor(context: HoldfastErrorContext) {
    super(context.message, { cause: context.cause });
    this.code = context.code;
    this.hint = context.hint;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Is this a {@link HoldfastError}, of this copy of the package or of another? With `code`: and of that code? */
export function isHoldfastError(error: unknown, code?: HoldfastErrorCode): error is HoldfastError {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false;
  return code === undefined || (error as unknown as HoldfastError).code === code;
}

/** @throws HoldfastError `ABORTED` if the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw operationAborted(signal.reason);
}

/** The error of an operation that its signal ended. */
export function operationAborted(cause: unknown): HoldfastError {
  return new HoldfastError({ code: 'ABORTED', message: 'stopped before it was done', cause });
}
