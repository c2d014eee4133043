// A bucket for the demo, on a server that is there or can be started. The SDK is the one that the S3 adapter brings.
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { findOrStartServer } from '../s3-server/server.mjs';

/**
 * @param {{ repository: string, log: (line: string) => void }} options
 * @returns {Promise<{ address: string, environment: Record<string, string>, remove: () => Promise<void> } | undefined>}
 */
export async function findBucket({ repository, log }) {
  const server = await findOrStartServer({ log });
  if (server === undefined) return undefined;
  const environment = {
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_ACCESS_KEY_ID: server.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
    AWS_REGION: process.env.AWS_REGION ?? 'us-east-1',
  };
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const { S3Client, ...commands } = createRequire(`${repository}/packages/target-s3/package.json`)(
    '@aws-sdk/client-s3',
  );
  const client = new S3Client({
    endpoint: server.endpoint,
    region: environment.AWS_REGION,
    credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const bucket = `holdfast-demo-${randomBytes(4).toString('hex')}`;
  await client.send(new commands.CreateBucketCommand({ Bucket: bucket }));
  const remove = async () => {
    await emptyBucket(client, commands, bucket);
    await client.send(new commands.DeleteBucketCommand({ Bucket: bucket }));
    client.destroy();
    await server.stop();
  };
  return { address: `s3://${bucket}/team`, environment, remove };
}

async function emptyBucket(client, commands, bucket) {
  let token;
  do {
    const page = await client.send(new commands.ListObjectsV2Command({ Bucket: bucket, ContinuationToken: token }));
    for (const { Key } of page.Contents ?? [])
      await client.send(new commands.DeleteObjectCommand({ Bucket: bucket, Key }));
    token = page.NextContinuationToken;
  } while (token !== undefined);
}
