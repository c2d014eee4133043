import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { CreateBucketCommand, DeleteBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import type { BackupTarget } from '@holdfast/core/target';
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import { openS3, type S3Options } from '../src/index.js';

/** The S3 server of this run, if there is one. */
export interface TestServer {
  readonly endpoint: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A client of our own, to look at the store past the adapter. */
  readonly client: S3Client;
}

const { HOLDFAST_TEST_S3_ENDPOINT, HOLDFAST_TEST_S3_REPORT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;

function findServer(): TestServer | undefined {
  const endpoint = HOLDFAST_TEST_S3_ENDPOINT;
  if (!endpoint || !AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined;
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  return {
    endpoint,
    environment: { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'us-east-1' },
    client: new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true }),
  };
}

/**
 * Registers cases that need a real S3 server. Each case that is run adds a line to the file named by HOLDFAST_TEST_S3_REPORT, so
 * that whoever runs the suites can tell that they did. Without a server the name of what stands in their place says so.
 */
export function describeS3(name: string, register: (server: TestServer) => void): void {
  const server = findServer();
  if (server === undefined) {
    test.skip('S3 suites did NOT run: set HOLDFAST_TEST_S3_ENDPOINT', () => {});
    return;
  }
  describe(name, () => {
    afterEach(({ task }) => {
      if (HOLDFAST_TEST_S3_REPORT) appendFileSync(HOLDFAST_TEST_S3_REPORT, `${name}: ${task.name}\n`);
    });
    register(server);
  });
}

/** A place in a bucket, and handles on it. */
export interface TestPlace {
  readonly bucket: string;
  /** What the names of its objects begin with: empty, or ending with `/`. */
  readonly prefix: string;
  /** `bucket/prefix`, as {@link openS3} takes it. */
  readonly location: string;
  open(options?: S3Options): Promise<BackupTarget>;
  /** Multipart uploads that have been begun there and not ended. */
  uploads(): Promise<readonly string[]>;
  /** Removes all objects of the place. */
  clear(): Promise<void>;
}

/** Makes a bucket that nobody else uses. The file that makes it removes it. */
export async function makeBucket(server: TestServer): Promise<string> {
  const bucket = `holdfast-test-${randomBytes(8).toString('hex')}`;
  await server.client.send(new CreateBucketCommand({ Bucket: bucket }));
  return bucket;
}

/** Removes a bucket that {@link makeBucket} has made, with all that is in it. */
export async function removeBucket(server: TestServer, bucket: string): Promise<void> {
  await placeIn(server, bucket, '').clear();
  await server.client.send(new DeleteBucketCommand({ Bucket: bucket }));
}

/** A place in a bucket; `folder` may be empty, for the whole bucket. */
export function placeIn(server: TestServer, bucket: string, folder: string): TestPlace {
  const prefix = folder === '' ? '' : `${folder}/`;
  const location = folder === '' ? bucket : `${bucket}/${folder}`;
  const open = (options: S3Options = {}): Promise<BackupTarget> =>
    openS3(location, { environment: server.environment, adapterOptions: { ...options } });
  return {
    bucket,
    prefix,
    location,
    open,
    async uploads() {
      const answer = await server.client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }));
      return (answer.Uploads ?? []).map(({ Key, UploadId }) => `${Key} ${UploadId}`);
    },
    async clear() {
      const target = await open();
      const keys: string[] = [];
      for await (const { key } of target.list('')) keys.push(key);
      if (keys.length > 0) await target.delete(keys);
      await target.close();
    },
  };
}

/** The place of the test that runs; what is opened there is closed after it. */
export interface CurrentPlace extends TestPlace {
  /** Has what was opened in another way closed as well. */
  keep(target: BackupTarget): BackupTarget;
}

/** Gives each test of a suite a place of its own, in a bucket that is made for the suite and removed after it. */
export function placeForEach(server: TestServer): CurrentPlace {
  let bucket = '';
  let current: TestPlace | undefined;
  const opened: BackupTarget[] = [];
  beforeAll(async () => {
    bucket = await makeBucket(server);
  });
  beforeEach(() => {
    current = placeIn(server, bucket, randomBytes(6).toString('hex'));
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((target) => target.close()));
  });
  afterAll(() => removeBucket(server, bucket));

  const place = (): TestPlace => {
    if (current === undefined) throw new Error('there is a place while a test runs');
    return current;
  };
  const keep = (target: BackupTarget): BackupTarget => {
    opened.push(target);
    return target;
  };
  return {
    get bucket() {
      return place().bucket;
    },
    get prefix() {
      return place().prefix;
    },
    get location() {
      return place().location;
    },
    open: async (options) => keep(await place().open(options)),
    uploads: () => place().uploads(),
    clear: () => place().clear(),
    keep,
  };
}
