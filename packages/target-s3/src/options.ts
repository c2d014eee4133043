import { TargetError } from '@holdfast/core/target';

/** Options of this adapter (`adapterOptions`). What is left out comes from the usual AWS variables and files. */
export interface S3Options {
  /** Region of the bucket. By default `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's; with an endpoint that is not AWS `us-east-1`. */
  readonly region?: string | undefined;
  /** Address of the service, `https://host[:port]`. By default `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, else AWS itself. */
  readonly endpoint?: string | undefined;
  /** Ask for `endpoint/bucket/key` instead of `bucket.endpoint/key`. By default true with any endpoint that is not AWS. */
  readonly pathStyle?: boolean | undefined;
  /** Profile of `~/.aws/config` and `~/.aws/credentials`. Goes before keys in the environment; `AWS_PROFILE` goes after them. */
  readonly profile?: string | undefined;
  /**
   * Does the store decide `If-None-Match: *` on a put by itself? False for Backblaze B2, Garage and Swift; by default true,
   * but for endpoints known not to. `probeCreateIfAbsent` finds it out.
   */
  readonly createIfAbsent?: boolean | undefined;
  /** Is the ETag of a plain put the MD5 of its bytes (`md5`, the default), or is it something else (`opaque`)? */
  readonly etags?: 'md5' | 'opaque' | undefined;
  /** False if the store takes keys for equal that differ only in Unicode normalisation. By default false at Cloudflare R2. */
  readonly caseSensitiveKeys?: boolean | undefined;
  /** Up to this size an object is put by one request. By default 16 MiB. */
  readonly singlePutBytes?: number | undefined;
  /** Smallest part of a multipart upload, at least 5 MiB. By default 8 MiB; grows with the object, to stay below 10,000 parts. */
  readonly partBytes?: number | undefined;
  /** How much of all running uploads is held in memory at most; at least one part is. By default 64 MiB. */
  readonly bufferBytes?: number | undefined;
  /** How long making a connection may take, in milliseconds. By default 10,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long the store may be silent, in milliseconds. By default 60,000. */
  readonly idleTimeoutMs?: number | undefined;
  /** How long the store may take to join the parts of an upload or to copy an object, in milliseconds. By default 600,000. */
  readonly slowTimeoutMs?: number | undefined;
}

const KINDS: Readonly<Record<keyof S3Options, (value: unknown) => boolean>> = {
  region: isText,
  endpoint: isText,
  pathStyle: isBoolean,
  profile: isText,
  createIfAbsent: isBoolean,
  etags: (value) => value === 'md5' || value === 'opaque',
  caseSensitiveKeys: isBoolean,
  singlePutBytes: isCount,
  partBytes: isCount,
  bufferBytes: isCount,
  connectTimeoutMs: isCount,
  idleTimeoutMs: isCount,
  slowTimeoutMs: isCount,
};

/**
 * Reads `adapterOptions`.
 *
 * @throws TargetError `MISCONFIGURED` for a name that is not an option (a typing error must not be ignored) and a value of the wrong kind.
 */
export function readOptions(given: Readonly<Record<string, unknown>>, url: string): S3Options {
  for (const [name, value] of Object.entries(given)) {
    const isKind = Object.hasOwn(KINDS, name) ? KINDS[name as keyof S3Options] : undefined;
    if (isKind === undefined) {
      throw misconfigured(
        url,
        `"${name}" is not an option of S3 targets`,
        `Options are ${Object.keys(KINDS).join(', ')}.`,
      );
    }
    if (value !== undefined && !isKind(value))
      throw misconfigured(url, `the option "${name}" has a value that it cannot have`);
  }
  return given;
}

/** The error of an address or a setting that cannot be used. */
export function misconfigured(url: string, reason: string, hint?: string): TargetError {
  return new TargetError({ code: 'MISCONFIGURED', reason, url, operation: 'open', hint });
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
