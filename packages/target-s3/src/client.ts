import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { contentMd5OfDeletes } from './content-md5.js';
import type { S3Options } from './options.js';
import { type Environment, type S3Settings, textIn } from './settings.js';

/** The SDK's clients for one target. They share credentials. */
export interface S3Clients {
  /** For requests that the store answers soon: it fails when the connection is silent for `idleTimeoutMs`. */
  readonly prompt: S3Client;
  /**
   * Without a limit on silence, for what its callers time themselves: downloads (the reader may be slower than the store,
   * and then the connection is silent without fault) and requests that the store works on for minutes.
   */
  readonly patient: S3Client;
  destroy(): void;
}

/** How many connections each client keeps; the SDK's own default. */
const MAX_SOCKETS = 50;

/** Swallows what the SDK would print: it warns on the console of a library user otherwise. */
const SILENT = { debug(): void {}, info(): void {}, warn(): void {}, error(): void {} };

/** Makes the clients. Reads no file and asks nobody yet: credentials are looked for at the first request. */
export function clientsOf(settings: S3Settings, options: S3Options, environment: Environment): S3Clients {
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const handler = { connectionTimeout: settings.connectTimeoutMs, httpAgent: agent, httpsAgent: agent, logger: SILENT };
  const config: S3ClientConfig = {
    ...credentialsOf(options, environment),
    ...(settings.region === undefined ? {} : { region: settings.region }),
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    // The SDK looks into process.env by itself; another environment must not be mixed with it.
    ignoreConfiguredEndpointUrls: environment !== process.env,
    forcePathStyle: settings.pathStyle,
    // Repeating is done in one place: the decorator around this target, and here for the pieces only we can send again.
    maxAttempts: 1,
    // The default sends a trailing checksum in chunks, which Ceph 16 (411) and others do not take.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // The SDK makes a connection of its own for each such request and waits seconds where a server ignores the header.
    expectContinueHeader: false,
    // A clock that is off is said (CLOCK_SKEW), not worked around for all requests but the first.
    disableClockSkewCorrection: true,
    logger: SILENT,
  };
  const prompt = quietly(
    () => new S3Client({ ...config, requestHandler: { ...handler, socketTimeout: settings.idleTimeoutMs } }),
  );
  const { credentials } = prompt.config;
  const patient = quietly(() => new S3Client({ ...config, credentials, requestHandler: handler }));
  prompt.middlewareStack.use(contentMd5OfDeletes);
  return {
    prompt,
    patient,
    destroy() {
      prompt.destroy();
      patient.destroy();
    },
  };
}

/**
 * An explicit profile first, then keys in the environment, then `AWS_PROFILE`, then the SDK's chain: files, single sign-on,
 * web identity, container, instance metadata (which gives up after two seconds).
 */
function credentialsOf(options: S3Options, environment: Environment): Pick<S3ClientConfig, 'credentials' | 'profile'> {
  if (options.profile !== undefined) return { profile: options.profile };
  const accessKeyId = textIn(environment, 'AWS_ACCESS_KEY_ID');
  const secretAccessKey = textIn(environment, 'AWS_SECRET_ACCESS_KEY');
  const sessionToken = textIn(environment, 'AWS_SESSION_TOKEN');
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } };
  }
  const profile = textIn(environment, 'AWS_PROFILE');
  if (profile !== undefined) return { profile };
  // Naming a profile keeps the SDK's chain from the keys in process.env, where that is not the environment we were given.
  return environment === process.env ? {} : { profile: 'default' };
}

const NODE_WARNING = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/** The SDK warns of Node 20 when a client is made, unless this variable is exactly `true`. It is set for that moment only. */
function quietly<Result>(make: () => Result): Result {
  const before = process.env[NODE_WARNING];
  process.env[NODE_WARNING] = 'true';
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[NODE_WARNING];
    else process.env[NODE_WARNING] = before;
  }
}
