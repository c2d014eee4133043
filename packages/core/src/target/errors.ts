/**
 * Stable codes of a {@link TargetError}. Programs and scripts depend on them; `docs/errors.md` lists each with its cure.
 */
export type TargetErrorCode =
  /** No object under this key. */
  | 'NOT_FOUND'
  /** The place itself is missing: no such bucket, the folder's disk is not mounted. */
  | 'TARGET_NOT_FOUND'
  /** Create-if-absent met an object, or a new root met an old one. */
  | 'ALREADY_EXISTS'
  /** The place is known, and refuses. */
  | 'ACCESS_DENIED'
  /** No credentials, or the store does not accept them. */
  | 'BAD_CREDENTIALS'
  /** The address or the options do not fit the store: wrong region, not a folder, a scheme nobody handles. */
  | 'MISCONFIGURED'
  /** This machine's clock and the store's are too far apart for signed requests. */
  | 'CLOCK_SKEW'
  /** Disk or quota is full. */
  | 'NO_SPACE'
  /** Not reachable, or failing for now: network, 500, time-out, I/O error. */
  | 'UNAVAILABLE'
  /** Asked to slow down: 503 SlowDown, 429. */
  | 'THROTTLED'
  /** What is stored is not what was stored: checksum, structure, size. */
  | 'CORRUPT'
  /** The key breaks the rules of {@link assertKey}, is not below the batch's root, or is too long here. */
  | 'INVALID_KEY'
  /** The range is not inside the object. */
  | 'INVALID_RANGE'
  /** The source gave more or fewer bytes than it announced. Nothing was stored. */
  | 'SIZE_MISMATCH'
  /** The object is larger than `maxObjectBytes`. */
  | 'TOO_LARGE'
  /** This object cannot be copied here (too many links, another file system): put it instead. */
  | 'COPY_REFUSED'
  /** Declared as not supported in `capabilities`. Always said before any I/O. */
  | 'UNSUPPORTED'
  /** Ended by a signal, or a staged object vanished before the commit. */
  | 'ABORTED'
  /** Used after `close`, `commit` or `abort`. */
  | 'CLOSED';

/** What was being done when a {@link TargetError} arose. */
export type TargetOperation =
  | 'open'
  | 'list'
  | 'stat'
  | 'get'
  | 'begin'
  | 'put'
  | 'copy'
  | 'adopt'
  | 'commit'
  | 'abort'
  | 'delete'
  | 'removeRoot'
  | 'sweep'
  | 'close';

/** Everything a {@link TargetError} knows of what happened. */
export interface TargetErrorContext {
  readonly code: TargetErrorCode;
  /** One sentence without a key or a url in it: what happened. The full message is composed from all fields. */
  readonly reason: string;
  readonly url: string;
  readonly operation: TargetOperation;
  readonly key?: string | undefined;
  /** Would the same call be worth repeating after a while? By default: `UNAVAILABLE` and `THROTTLED`. */
  readonly retryable?: boolean | undefined;
  /** What the user can do next, one sentence. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

const BRAND = Symbol.for('holdfast.TargetError');

/** The one error of every target. Recognise it with {@link isTargetError}: two copies of this package know each other's. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
  readonly code: TargetErrorCode;
  readonly reason: string;
  readonly url: string;
  readonly operation: TargetOperation;
  readonly key: string | undefined;
  readonly retryable: boolean;
  readonly hint: string | undefined;

  constructor(context: TargetErrorContext) {
    const place = context.key === undefined ? context.url : `${context.key} in ${context.url}`;
    super(`${context.operation} ${place}: ${context.reason}`, { cause: context.cause });
    this.code = context.code;
    this.reason = context.reason;
    this.url = context.url;
    this.operation = context.operation;
    this.key = context.key;
    this.retryable = context.retryable ?? (context.code === 'UNAVAILABLE' || context.code === 'THROTTLED');
    this.hint = context.hint;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Is this a {@link TargetError}, of this copy of the package or of another? With `code`: and of that code? */
export function isTargetError(error: unknown, code?: TargetErrorCode): error is TargetError {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false;
  return code === undefined || (error as unknown as TargetError).code === code;
}
