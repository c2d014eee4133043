import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';

/** A bucket for one run of the tests. */
export interface TestBucket {
  readonly name: string;
  /** Every object with its ETag, and every upload that was begun and not ended. */
  everything(): Promise<string[]>;
  remove(): Promise<void>;
}

/** The few members of the SDK that are used here; it is the adapter's dependency, not ours. */
interface Sdk {
  readonly S3Client: new (options: object) => { send(command: unknown): Promise<Listing>; destroy(): void };
  readonly CreateBucketCommand: new (input: object) => unknown;
  readonly DeleteBucketCommand: new (input: object) => unknown;
  readonly ListObjectsV2Command: new (input: object) => unknown;
  readonly DeleteObjectCommand: new (input: object) => unknown;
  readonly ListMultipartUploadsCommand: new (input: object) => unknown;
}

interface Listing {
  readonly Contents?: readonly { readonly Key: string; readonly ETag: string }[];
  readonly Uploads?: readonly { readonly Key: string }[];
  readonly NextContinuationToken?: string;
}

/** Makes a bucket on the server at `endpoint`, with the keys of the environment. */
export async function makeBucket(endpoint: string): Promise<TestBucket> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const adapter = createRequire(import.meta.url).resolve('@holdfast/target-s3');
  const sdk = createRequire(adapter)('@aws-sdk/client-s3') as Sdk;
  const client = new sdk.S3Client({
    endpoint,
    region: process.env.AWS_REGION ?? 'us-east-1',
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const name = `holdfast-cli-${randomBytes(6).toString('hex')}`;
  await client.send(new sdk.CreateBucketCommand({ Bucket: name }));
  return {
    name,
    async everything() {
      const { Contents = [] } = await client.send(new sdk.ListObjectsV2Command({ Bucket: name }));
      const { Uploads = [] } = await client.send(new sdk.ListMultipartUploadsCommand({ Bucket: name }));
      return [...Contents.map(({ Key, ETag }) => `${Key} ${ETag}`), ...Uploads.map(({ Key }) => `upload ${Key}`)];
    },
    async remove() {
      for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
        const page = await client.send(new sdk.ListObjectsV2Command({ Bucket: name, ContinuationToken: token }));
        for (const { Key } of page.Contents ?? [])
          await client.send(new sdk.DeleteObjectCommand({ Bucket: name, Key }));
        token = page.NextContinuationToken;
      }
      await client.send(new sdk.DeleteBucketCommand({ Bucket: name }));
      client.destroy();
    },
  };
}
