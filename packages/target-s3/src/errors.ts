// Long because it is one table: every answer of a store, and what it means for the user.
import { isTargetError, TargetError, type TargetErrorCode, type TargetOperation } from '@holdfast/core/target';
import { type Failure, failureOf } from './failure.js';

/** What was being done, for the error. */
export interface FaultContext {
  readonly url: string;
  readonly operation: TargetOperation;
  readonly key?: string | undefined;
  /** Scheme, host and port that were asked, for the hints. Never a secret. */
  readonly endpoint?: string | undefined;
  /** The region requests were signed for. */
  readonly region?: string | undefined;
  /** What a 404 that does not say it means, as answers to HEAD and those of strangers do not: the object, or the bucket. */
  readonly notFound?: 'object' | 'bucket' | undefined;
  /** This machine's time in milliseconds, to say by how much the clocks differ; `Date.now` by default. */
  readonly nowMs?: (() => number) | undefined;
}

interface Verdict {
  readonly code: TargetErrorCode;
  readonly reason: string;
  readonly hint?: string | undefined;
  readonly retryable?: boolean | undefined;
}

type Rule = (failure: Failure, context: FaultContext) => Verdict;

const rule = (code: TargetErrorCode, reason: string, hint?: string, retryable?: boolean): Rule => {
  const verdict: Verdict = { code, reason, hint, retryable };
  return () => verdict;
};

const CHECK_KEYS =
  'Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile; each store and account has its own.';

const noCredentials = rule(
  'BAD_CREDENTIALS',
  'no credentials were found, or they could not be loaded',
  'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; after a single sign-on run `aws sso login` again.',
);
const unknownKey = rule('BAD_CREDENTIALS', 'the store does not know this access key', CHECK_KEYS);
const wrongSecret = rule('BAD_CREDENTIALS', 'the secret key does not fit the access key', CHECK_KEYS);
const expired = rule(
  'BAD_CREDENTIALS',
  'the session token has expired or is not valid',
  'Get new temporary credentials; clear AWS_SESSION_TOKEN if the keys are not temporary ones.',
);
const denied = rule(
  'ACCESS_DENIED',
  'the store refuses this to the given credentials',
  'Give them the rights that docs/s3.md lists, on this bucket and prefix; some stores answer so to an unknown key as well.',
);
const noBucket = rule(
  'TARGET_NOT_FOUND',
  'there is no such bucket',
  'Create the bucket first (it is never made by itself), and check its name, the endpoint and the region.',
);
const noObject = rule('NOT_FOUND', 'there is no such object');
const notFound: Rule = (failure, context) => (context.notFound === 'bucket' ? noBucket : noObject)(failure, context);
const throttled = rule('THROTTLED', 'the store asks to slow down');
const failing = rule('UNAVAILABLE', 'the store failed for now');
const damagedOnTheWay = rule(
  'CORRUPT',
  'the bytes were damaged on their way and the store refused them',
  undefined,
  true,
);
const notS3 = rule(
  'MISCONFIGURED',
  'the answer is not one of an S3 server',
  'Check the endpoint: its scheme, host and port, and that it is the address of the S3 service and not of a console.',
);
const conflict = rule('UNAVAILABLE', 'another request on this object was under way');
const UNSUPPORTED_REASON = 'the store does not support this request';
const unsupported = rule('MISCONFIGURED', UNSUPPORTED_REASON, 'docs/s3.md lists what to set for which store.');
const full = rule('NO_SPACE', 'the store is full, or a quota or cap is reached', 'Free space, or raise the quota.');

/** By the store's code or the name of the SDK's error. Source of the codes: "Error responses", Amazon S3 API reference. */
const BY_NAME: Readonly<Record<string, Rule>> = {
  NoSuchBucket: noBucket,
  NoSuchKey: noObject,
  NotFound: notFound,
  NoSuchVersion: noObject,
  NoSuchUpload: rule(
    'UNAVAILABLE',
    'the store has dropped the unfinished upload',
    'The upload starts anew; check that no rule aborts uploads too early.',
  ),
  AccessDenied: (failure, context) =>
    isCapExceeded(failure)
      ? full(failure, context)
      : isExpiredRequest(failure)
        ? clockSkew(failure, context)
        : denied(failure, context),
  AllAccessDisabled: denied,
  AccountProblem: denied,
  UserSuspended: denied,
  InvalidObjectState: rule(
    'UNAVAILABLE',
    'the object lies in an archive class and must be brought back before it can be read',
    'Restore it from the archive class with the tools of the store, and keep snapshots out of such classes.',
    false,
  ),
  CredentialsProviderError: noCredentials,
  TokenProviderError: noCredentials,
  InvalidAccessKeyId: unknownKey,
  InvalidClientTokenId: unknownKey,
  UnrecognizedClientException: unknownKey,
  Unauthorized: unknownKey,
  AuthFailure: unknownKey,
  SignatureDoesNotMatch: wrongSecret,
  ExpiredToken: expired,
  ExpiredTokenException: expired,
  InvalidToken: expired,
  TokenRefreshRequired: expired,
  RequestTimeTooSkewed: (failure, context) => clockSkew(failure, context),
  RequestExpired: (failure, context) => clockSkew(failure, context),
  RequestInTheFuture: (failure, context) => clockSkew(failure, context),
  PermanentRedirect: (failure, context) => wrongRegion(failure, context),
  TemporaryRedirect: rule('UNAVAILABLE', 'the bucket is being moved to another place of the store'),
  AuthorizationHeaderMalformed: (failure, context) => wrongRegion(failure, context),
  IllegalLocationConstraintException: (failure, context) => wrongRegion(failure, context),
  InvalidRegionName: (failure, context) => wrongRegion(failure, context),
  InvalidBucketName: rule('MISCONFIGURED', 'the name of the bucket is not valid', 'The address is s3://bucket/prefix.'),
  MissingContentLength: rule('MISCONFIGURED', 'the store does not take this kind of upload'),
  NotImplemented: unsupported,
  MethodNotAllowed: unsupported,
  InvalidRange: rule('INVALID_RANGE', 'the range is not inside the object'),
  KeyTooLongError: rule('INVALID_KEY', 'the key is too long for this store'),
  XMinioInvalidObjectName: rule('INVALID_KEY', 'the store does not take this key'),
  EntityTooLarge: rule('TOO_LARGE', 'the object is larger than the store takes'),
  PreconditionFailed: rule('ALREADY_EXISTS', 'the key is taken'),
  ConditionalRequestConflict: conflict,
  OperationAborted: conflict,
  BadDigest: damagedOnTheWay,
  InvalidDigest: damagedOnTheWay,
  XAmzContentSHA256Mismatch: damagedOnTheWay,
  IncompleteBody: rule('UNAVAILABLE', 'the store got less than was sent'),
  RequestTimeout: rule('UNAVAILABLE', 'the store waited too long for the rest of the request'),
  TimeoutError: (_, context) => unreachable('the store did not answer in time', context),
  SlowDown: throttled,
  Throttling: throttled,
  ThrottlingException: throttled,
  RequestLimitExceeded: throttled,
  TooManyRequests: throttled,
  ServiceUnavailable: throttled,
  InternalError: failing,
  QuotaExceeded: full,
  XMinioStorageFull: full,
  InsufficientStorage: full,
};

/** By Node's code of the socket, the name service or TLS. */
const BY_SYSTEM_CODE: Readonly<Record<string, Rule>> = {
  ECONNREFUSED: (_, context) => unreachable('nothing listens there', context),
  ENOTFOUND: (_, context) => unreachable('the host name does not exist', context),
  EAI_AGAIN: (_, context) => unreachable('the host name could not be looked up', context),
  EHOSTUNREACH: (_, context) => unreachable('there is no way to the host', context),
  ENETUNREACH: (_, context) => unreachable('there is no way to the host', context),
  ETIMEDOUT: (_, context) => unreachable('the store did not answer in time', context),
  ECONNRESET: rule('UNAVAILABLE', 'the connection was cut'),
  ECONNABORTED: rule('UNAVAILABLE', 'the connection was cut'),
  EPIPE: rule('UNAVAILABLE', 'the connection was cut'),
  ERR_STREAM_PREMATURE_CLOSE: rule('UNAVAILABLE', 'the connection was cut'),
  EPROTO: notS3,
};

/** By HTTP status, where the answer has no code that is known. */
const BY_STATUS: Readonly<Record<number, Rule>> = {
  301: (failure, context) => wrongRegion(failure, context),
  307: rule('UNAVAILABLE', 'the bucket is being moved to another place of the store'),
  401: unknownKey,
  403: denied,
  404: notFound,
  405: unsupported,
  409: conflict,
  412: rule('ALREADY_EXISTS', 'the key is taken'),
  416: rule('INVALID_RANGE', 'the range is not inside the object'),
  429: throttled,
  501: unsupported,
  503: throttled,
  507: full,
};

/**
 * The one mapping from what goes wrong with S3 to a {@link TargetError}. Pure; a `TargetError` comes back as it is. The
 * `cause` keeps the name, the message and the request's id, and nothing of the request itself, which holds signatures and tokens.
 */
export function faultOf(error: unknown, context: FaultContext): TargetError {
  if (isTargetError(error)) return error;
  const failure = failureOf(error);
  const verdict = verdictOf(failure, context);
  const { url, operation, key } = context;
  return new TargetError({ ...verdict, url, operation, key, cause: slimCause(failure) });
}

/** Has the store said that it does not know what was asked for (501)? */
export function isUnsupportedByStore(error: unknown): boolean {
  return isTargetError(error, 'MISCONFIGURED') && error.reason === UNSUPPORTED_REASON;
}

function verdictOf(failure: Failure, context: FaultContext): Verdict {
  const { name, status, systemCode, message } = failure;
  // The SDK calls every cut connection a time-out.
  if (name === 'TimeoutError' && systemCode !== undefined) return bySystemCode(systemCode, failure, context);
  // A proxy's page with a status of its own says more than the complaint that it is no XML.
  if (status !== undefined && status >= 500 && !Object.hasOwn(BY_NAME, name))
    return (BY_STATUS[status] ?? failing)(failure, context);
  const known = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  if (known !== undefined) return known(failure, context);
  if (/region is missing/i.test(message)) return missingRegion;
  if (/credential/i.test(message) && status === undefined) return noCredentials(failure, context);
  if (systemCode !== undefined) return bySystemCode(systemCode, failure, context);
  const byStatus = status === undefined ? undefined : BY_STATUS[status];
  if (byStatus !== undefined) return byStatus(failure, context);
  if (status !== undefined && status < 300) return notS3(failure, context);
  return {
    code: 'MISCONFIGURED',
    reason:
      status === undefined
        ? `the request could not be made (${codeWord(name)})`
        : `the store answered ${status} ${codeWord(name)}`,
    hint: 'Check the endpoint, the region and docs/s3.md for what this store needs.',
  };
}

const missingRegion: Verdict = {
  code: 'MISCONFIGURED',
  reason: 'no region is given',
  hint: 'Set AWS_REGION to the region of the bucket.',
};

function bySystemCode(systemCode: string, failure: Failure, context: FaultContext): Verdict {
  const known = BY_SYSTEM_CODE[systemCode];
  if (known !== undefined) return known(failure, context);
  if (systemCode.startsWith('HPE_')) return notS3(failure, context);
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL/.test(systemCode)) {
    return {
      code: 'MISCONFIGURED',
      reason: `the certificate of the store is not trusted (${systemCode})`,
      hint: 'Set NODE_EXTRA_CA_CERTS to the file of its authority, or check the host name in the endpoint.',
    };
  }
  return { code: 'UNAVAILABLE', reason: `the store could not be reached (${systemCode})` };
}

function unreachable(reason: string, context: FaultContext): Verdict {
  const where = context.endpoint === undefined ? 'the endpoint' : `the endpoint ${context.endpoint}`;
  return { code: 'UNAVAILABLE', reason, hint: `Is ${where} right, and is the store up?` };
}

function wrongRegion(failure: Failure, context: FaultContext): Verdict {
  const region =
    failure.fields.Region ||
    failure.headers['x-amz-bucket-region'] ||
    /\bexpect(?:ing|ed):? '?(?:\d{8}\/)?([a-z0-9-]+)/.exec(failure.message)?.[1];
  const used = context.region === undefined ? '' : `, not "${context.region}"`;
  if (!region) {
    return {
      code: 'MISCONFIGURED',
      reason: 'the bucket lies in another region, or at another endpoint',
      hint: 'Set AWS_REGION to the region of the bucket, and the endpoint that serves it.',
    };
  }
  return {
    code: 'MISCONFIGURED',
    reason: `the bucket lies in the region "${region}"${used}`,
    hint: `Set AWS_REGION=${region}.`,
  };
}

function clockSkew(failure: Failure, context: FaultContext): Verdict {
  const theirs = Date.parse(failure.fields.ServerTime || failure.headers.date || '');
  const skewMs = (context.nowMs ?? Date.now)() - theirs;
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  const by = Number.isNaN(minutes) ? '' : ` by ${minutes} minutes (this machine is ${skewMs > 0 ? 'ahead' : 'behind'})`;
  return {
    code: 'CLOCK_SKEW',
    reason: `this machine's clock and the store's differ${by}`,
    hint: 'Set the clock right; signed requests are refused when it is off by more than 15 minutes.',
  };
}

/** Backblaze B2 says so in the message alone: "Cannot upload files, storage cap exceeded". */
function isCapExceeded(failure: Failure): boolean {
  return /\bcap exceeded\b/i.test(failure.message);
}

function isExpiredRequest(failure: Failure): boolean {
  return /request has expired/i.test(failure.message);
}

/** A code from outside, safe to print. The SDK calls what has none `Unknown`. */
function codeWord(name: string): string {
  if (name === 'Unknown') return 'without a code';
  return /^[A-Za-z0-9._-]{1,60}$/.test(name) ? name : 'without a code';
}

function slimCause(failure: Failure): Error {
  const request = failure.requestId === undefined ? '' : ` (request ${failure.requestId})`;
  const cause = new Error(`${failure.message.split('\n', 1)[0]?.slice(0, 500)}${request}`);
  cause.name = failure.name || 'Error';
  return cause;
}
