import { keyBytes, keyFault, MAX_KEY_BYTES } from '@holdfast/core/target';
import { misconfigured, type S3Options } from './options.js';

/** Variables that settings and credentials are taken from. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything the adapter has to know before its first request. */
export interface S3Settings {
  /** `s3://bucket/prefix`, without a closing slash. */
  readonly url: string;
  readonly bucket: string;
  /** What all keys begin with: empty, or ending with `/`. */
  readonly prefix: string;
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly pathStyle: boolean;
  readonly createIfAbsent: boolean;
  readonly etags: 'md5' | 'opaque';
  readonly caseSensitiveKeys: boolean;
  readonly singlePutBytes: number;
  readonly partBytes: number;
  readonly bufferBytes: number;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly slowTimeoutMs: number;
}

const MIB = 1024 * 1024;

/** Smallest part but the last one, and largest part and single put. Source: "Amazon S3 multipart upload limits". */
export const MIN_PART_BYTES: number = 5 * MIB;
export const MAX_PART_BYTES: number = 5 * 1024 * MIB;

/** Letters, digits, dot, hyphen, and what older buckets and other stores have. Source: "General purpose bucket naming rules". */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;

/**
 * Takes the address and the options together with the usual AWS variables.
 *
 * @param location `bucket` or `bucket/prefix`, literally.
 * @throws TargetError `MISCONFIGURED`
 */
export function settingsOf(location: string, options: S3Options, environment: Environment): S3Settings {
  const { bucket, prefix } = placeOf(location);
  const url = `s3://${prefix === '' ? bucket : `${bucket}/${prefix.slice(0, -1)}`}`;
  const endpoint = endpointOf(options, environment, url);
  const host = endpoint === undefined ? undefined : new URL(endpoint).hostname;
  const isForeign = host !== undefined && !isAws(host);
  const partBytes = options.partBytes ?? 8 * MIB;
  if (partBytes < MIN_PART_BYTES || partBytes > MAX_PART_BYTES) {
    throw misconfigured(url, 'the option "partBytes" must lie between 5 MiB and 5 GiB');
  }
  return Object.freeze({
    url,
    bucket,
    prefix,
    endpoint,
    region: options.region ?? regionIn(environment) ?? (isForeign ? (backblazeRegion(host) ?? 'us-east-1') : undefined),
    pathStyle: options.pathStyle ?? isForeign,
    createIfAbsent: options.createIfAbsent ?? !(host !== undefined && isBelow(host, 'backblazeb2.com')),
    etags: options.etags ?? 'md5',
    caseSensitiveKeys: options.caseSensitiveKeys ?? !(host !== undefined && isBelow(host, 'r2.cloudflarestorage.com')),
    singlePutBytes: Math.min(options.singlePutBytes ?? 16 * MIB, MAX_PART_BYTES),
    partBytes,
    bufferBytes: options.bufferBytes ?? 64 * MIB,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
    slowTimeoutMs: options.slowTimeoutMs ?? 600_000,
  });
}

function placeOf(location: string): { bucket: string; prefix: string } {
  const slash = location.indexOf('/');
  const bucket = slash < 0 ? location : location.slice(0, slash);
  const folder = slash < 0 ? '' : location.slice(slash + 1).replace(/\/+$/, '');
  if (!BUCKET.test(bucket)) {
    throw misconfigured(
      's3:',
      'the address names no valid bucket',
      'The address is s3://bucket or s3://bucket/prefix.',
    );
  }
  const fault = folder === '' ? undefined : keyFault(folder);
  if (fault !== undefined) throw misconfigured(`s3://${bucket}`, `the prefix cannot be used: ${fault}`);
  const prefix = folder === '' ? '' : `${folder}/`;
  if (keyBytes(prefix) > MAX_KEY_BYTES / 2) throw misconfigured(`s3://${bucket}`, 'the prefix is too long');
  return { bucket, prefix };
}

function endpointOf(options: S3Options, environment: Environment, url: string): string | undefined {
  const given =
    options.endpoint ?? textIn(environment, 'AWS_ENDPOINT_URL_S3') ?? textIn(environment, 'AWS_ENDPOINT_URL');
  if (given === undefined) return undefined;
  const endpoint = URL.canParse(given) ? new URL(given) : undefined;
  if (endpoint === undefined || (endpoint.protocol !== 'https:' && endpoint.protocol !== 'http:')) {
    throw misconfigured(
      url,
      'the endpoint is no address',
      'It begins with https:// or http://, such as https://s3.example.org.',
    );
  }
  if (endpoint.username !== '' || endpoint.password !== '') {
    throw misconfigured(
      url,
      'the endpoint holds a user or a password',
      'Give keys by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    );
  }
  if (endpoint.search !== '' || endpoint.hash !== '') throw misconfigured(url, 'the endpoint holds "?" or "#"');
  return endpoint.href.replace(/\/+$/, '');
}

function regionIn(environment: Environment): string | undefined {
  return textIn(environment, 'AWS_REGION') ?? textIn(environment, 'AWS_DEFAULT_REGION');
}

/** A variable that is set and not empty. */
export function textIn(environment: Environment, name: string): string | undefined {
  return environment[name] || undefined;
}

/** Backblaze insists on the region that stands in its host names: `s3.us-west-004.backblazeb2.com`. */
function backblazeRegion(host: string): string | undefined {
  return /^s3\.([a-z0-9-]+)\.backblazeb2\.com$/.exec(host)?.[1];
}

function isAws(host: string): boolean {
  return ['amazonaws.com', 'amazonaws.com.cn', 'api.aws'].some((domain) => isBelow(host, domain));
}

function isBelow(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
