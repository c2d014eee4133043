import { inspect } from 'node:util';
import { isTargetError, TargetError, type TargetErrorCode } from '@holdfast/core/target';
import { describe, expect, test } from 'vitest';
import { type FaultContext, faultOf } from './errors.js';

const CONTEXT: FaultContext = {
  url: 's3://bucket/prefix',
  operation: 'put',
  key: 'some/key',
  endpoint: 'https://store.example',
  region: 'us-east-1',
  nowMs: () => Date.parse('2026-03-01T12:00:00Z'),
};

/** An error as the SDK makes it from an answer of the store. */
function answer(
  status: number,
  code: string,
  more: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Error {
  const error = Object.assign(new Error(`${code} it is`), {
    name: code,
    $metadata: { httpStatusCode: status, requestId: 'r-1' },
    ...more,
  });
  return Object.defineProperty(error, '$response', { value: { statusCode: status, headers }, enumerable: false });
}

/** An error as Node makes it of a socket. */
function socket(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}

type Row = readonly [what: string, error: unknown, code: TargetErrorCode, retryable: boolean, says: RegExp];

const ROWS: readonly Row[] = [
  ['no such bucket', answer(404, 'NoSuchBucket'), 'TARGET_NOT_FOUND', false, /no such bucket.*Create the bucket first/],
  ['no such key', answer(404, 'NoSuchKey'), 'NOT_FOUND', false, /no such object/],
  ['404 without a code', answer(404, 'NotFound'), 'NOT_FOUND', false, /no such object/],
  ['access denied', answer(403, 'AccessDenied'), 'ACCESS_DENIED', false, /rights/],
  ['403 without a code', answer(403, 'Unknown'), 'ACCESS_DENIED', false, /rights/],
  [
    'B2 cap',
    answer(403, 'AccessDenied', { message: 'Cannot upload files, storage cap exceeded.' }),
    'NO_SPACE',
    false,
    /quota/,
  ],
  [
    'unknown access key',
    answer(403, 'InvalidAccessKeyId'),
    'BAD_CREDENTIALS',
    false,
    /does not know.*AWS_ACCESS_KEY_ID/,
  ],
  ['wrong secret', answer(403, 'SignatureDoesNotMatch'), 'BAD_CREDENTIALS', false, /secret key does not fit/],
  ['401 of R2', answer(401, 'Unauthorized'), 'BAD_CREDENTIALS', false, /does not know/],
  ['expired token', answer(400, 'ExpiredToken'), 'BAD_CREDENTIALS', false, /expired.*AWS_SESSION_TOKEN/],
  [
    'no credentials',
    Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' }),
    'BAD_CREDENTIALS',
    false,
    /no credentials.*AWS_PROFILE/,
  ],
  [
    'credentials without a key',
    new Error('Resolved credential object is not valid'),
    'BAD_CREDENTIALS',
    false,
    /no credentials/,
  ],
  [
    'clock, by the date of the answer',
    answer(403, 'RequestTimeTooSkewed', {}, { date: 'Sun, 01 Mar 2026 10:30:00 GMT' }),
    'CLOCK_SKEW',
    false,
    /by 90 minutes \(this machine is ahead\)/,
  ],
  [
    "clock, by the store's word",
    answer(403, 'RequestTimeTooSkewed', { ServerTime: '2026-03-01T12:20:00Z' }),
    'CLOCK_SKEW',
    false,
    /by 20 minutes \(this machine is behind\)/,
  ],
  ['clock, nobody knows', answer(403, 'RequestTimeTooSkewed'), 'CLOCK_SKEW', false, /differ[^0-9]*Set the clock right/],
  ['expired request', answer(403, 'AccessDenied', { message: 'Request has expired' }), 'CLOCK_SKEW', false, /clock/],
  [
    'redirect with a header',
    answer(301, 'PermanentRedirect', {}, { 'x-amz-bucket-region': 'eu-west-3' }),
    'MISCONFIGURED',
    false,
    /region "eu-west-3", not "us-east-1".*AWS_REGION=eu-west-3/,
  ],
  ['redirect without a word', answer(301, 'Unknown'), 'MISCONFIGURED', false, /another region/],
  [
    'region in a field',
    answer(400, 'AuthorizationHeaderMalformed', { Region: 'eu-north-1' }),
    'MISCONFIGURED',
    false,
    /"eu-north-1"/,
  ],
  [
    "region in Amazon's sentence",
    answer(400, 'AuthorizationHeaderMalformed', { message: "the region 'us-east-1' is wrong; expecting 'eu-west-1'" }),
    'MISCONFIGURED',
    false,
    /"eu-west-1"/,
  ],
  [
    "region in Garage's sentence",
    answer(400, 'AuthorizationHeaderMalformed', {
      message: 'unexpected scope: 20260301/us-east-1/s3/aws4_request, expected: 20260301/garage/s3/aws4_request',
    }),
    'MISCONFIGURED',
    false,
    /"garage"/,
  ],
  ['missing region', new Error('Region is missing'), 'MISCONFIGURED', false, /no region.*AWS_REGION/],
  ['bucket name', answer(400, 'InvalidBucketName'), 'MISCONFIGURED', false, /s3:\/\/bucket\/prefix/],
  ['not implemented', answer(501, 'NotImplemented'), 'MISCONFIGURED', false, /docs\/s3\.md/],
  ['411 of Ceph', answer(411, 'MissingContentLength'), 'MISCONFIGURED', false, /upload/],
  ['slow down', answer(503, 'SlowDown'), 'THROTTLED', true, /slow down/],
  ['503 without a code', answer(503, 'Unknown'), 'THROTTLED', true, /slow down/],
  ['429', answer(429, 'TooManyRequests'), 'THROTTLED', true, /slow down/],
  ['internal error', answer(500, 'InternalError'), 'UNAVAILABLE', true, /failed for now/],
  ["a proxy's page", answer(502, 'Error', { message: 'mismatched tags' }), 'UNAVAILABLE', true, /failed for now/],
  ['504', answer(504, 'Unknown'), 'UNAVAILABLE', true, /failed for now/],
  ['upload dropped', answer(404, 'NoSuchUpload'), 'UNAVAILABLE', true, /dropped/],
  ['conflict', answer(409, 'ConditionalRequestConflict'), 'UNAVAILABLE', true, /under way/],
  ['precondition', answer(412, 'PreconditionFailed'), 'ALREADY_EXISTS', false, /taken/],
  ['range', answer(416, 'InvalidRange'), 'INVALID_RANGE', false, /range/],
  ['long key', answer(400, 'KeyTooLongError'), 'INVALID_KEY', false, /too long/],
  ['large object', answer(400, 'EntityTooLarge'), 'TOO_LARGE', false, /larger/],
  ['quota of Ceph', answer(403, 'QuotaExceeded'), 'NO_SPACE', false, /quota/],
  ['507', answer(507, 'Unknown'), 'NO_SPACE', false, /full/],
  ['archived', answer(403, 'InvalidObjectState'), 'UNAVAILABLE', false, /archive/],
  ['bytes damaged on the way', answer(400, 'BadDigest'), 'CORRUPT', true, /on their way/],
  ['signature of the bytes', answer(400, 'XAmzContentSHA256Mismatch'), 'CORRUPT', true, /on their way/],
  ['a code nobody knows', answer(418, 'Teapot'), 'MISCONFIGURED', false, /418 Teapot/],
  ['a code that is no word', answer(418, 'Tea pot\u001b[31m'), 'MISCONFIGURED', false, /418 without a code/],
  [
    'a web page',
    answer(200, 'Error', { message: 'XML parse error' }),
    'MISCONFIGURED',
    false,
    /not one of an S3 server/,
  ],
  ['nothing listens', socket('ECONNREFUSED'), 'UNAVAILABLE', true, /https:\/\/store\.example/],
  [
    'several addresses, nothing listens',
    new AggregateError([socket('ECONNREFUSED'), socket('ECONNREFUSED')]),
    'UNAVAILABLE',
    true,
    /nothing listens/,
  ],
  ['no such host', socket('ENOTFOUND'), 'UNAVAILABLE', true, /host name does not exist.*https:\/\/store\.example/],
  ['wrapped socket error', new Error('outer', { cause: socket('EHOSTUNREACH') }), 'UNAVAILABLE', true, /no way/],
  [
    'cut, as the SDK names it',
    Object.assign(socket('ECONNRESET'), { name: 'TimeoutError' }),
    'UNAVAILABLE',
    true,
    /was cut/,
  ],
  ['time-out', Object.assign(new Error('timed out'), { name: 'TimeoutError' }), 'UNAVAILABLE', true, /in time/],
  ['https at an http port', socket('EPROTO'), 'MISCONFIGURED', false, /scheme/],
  ['no HTTP at all', socket('HPE_INVALID_CONSTANT'), 'MISCONFIGURED', false, /not one of an S3 server/],
  ['own certificate', socket('DEPTH_ZERO_SELF_SIGNED_CERT'), 'MISCONFIGURED', false, /NODE_EXTRA_CA_CERTS/],
  ['expired certificate', socket('CERT_HAS_EXPIRED'), 'MISCONFIGURED', false, /certificate/],
  ['another socket error', socket('EMFILE'), 'UNAVAILABLE', true, /EMFILE/],
  ['a string', 'thrown by somebody', 'MISCONFIGURED', false, /could not be made/],
  ['nothing', undefined, 'MISCONFIGURED', false, /could not be made/],
];

describe('every way in which S3 fails has one code, a reason and what to do', () => {
  test.each(ROWS)('%s', (_, error, code, retryable, says) => {
    const fault = faultOf(error, CONTEXT);
    expect(fault.code).toBe(code);
    expect(fault.retryable).toBe(retryable);
    expect(`${fault.reason} ${fault.hint ?? ''}`).toMatch(says);
    expect(fault).toMatchObject({ url: CONTEXT.url, operation: 'put', key: 'some/key' });
    expect(fault.reason).not.toContain('some/key');
  });
});

test("a 404 that does not say of what is the bucket's where an object cannot be missing", () => {
  expect(faultOf(answer(404, 'NotFound'), { ...CONTEXT, notFound: 'bucket' }).code).toBe('TARGET_NOT_FOUND');
});

test('an error that is explained already comes back as it is', () => {
  const error = new TargetError({ code: 'CLOSED', reason: 'closed', url: 'x:', operation: 'get' });
  expect(faultOf(error, CONTEXT)).toBe(error);
});

test('the error keeps what support asks for, and nothing of the request, which holds signatures and tokens', () => {
  const error = answer(403, 'SignatureDoesNotMatch', {
    StringToSign: 'x-amz-security-token:token-77',
    AWSAccessKeyId: 'key-77',
  });
  const fault = faultOf(error, CONTEXT);
  expect(isTargetError(fault)).toBe(true);
  expect(String(fault.cause)).toBe('SignatureDoesNotMatch: SignatureDoesNotMatch it is (request r-1)');
  expect(inspect(fault, { depth: 10, showHidden: true })).not.toMatch(/(token|key)-77/);
});
