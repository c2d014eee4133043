import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openScratch } from '../src/index.js';
import { describeS3, makeBucket, removeBucket } from './s3-server.js';

describeS3('a part of a bucket that was made for a trial', (server) => {
  let bucket: string;
  beforeEach(async () => {
    bucket = await makeBucket(server);
  });
  afterEach(async () => {
    const all = openScratch(`${bucket}/p`, { environment: server.environment });
    await all.clear();
    all.close();
    await removeBucket(server, bucket);
  });

  const put = (Key: string, Body = 'x') => server.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  const scratch = () => openScratch(`${bucket}/p/part`, { environment: server.environment });

  /** Everything in the bucket that is stored or paid for. */
  async function everything(): Promise<string[]> {
    const versions = await server.client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    const uploads = await server.client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    const found = [...(versions.Versions ?? []), ...(versions.DeleteMarkers ?? []), ...(uploads.Uploads ?? [])];
    return found.map(({ Key }) => Key ?? '').sort();
  }

  test('is cleared of objects and of uploads that nobody ended, and what stands beside it stays', async () => {
    for (const key of ['p/part/a', 'p/part/b/c', 'p/part/odd + %2F é', 'p/part', 'p/partner', 'p/z']) await put(key);
    for (const key of ['p/part/upload', 'p/other']) {
      await server.client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: key }));
    }
    const part = scratch();
    expect(await part.uploads()).toEqual([expect.stringMatching(/^p\/part\/upload /)]);
    await part.clear();
    await part.clear();
    part.close();
    expect(await everything()).toEqual(['p/other', 'p/part', 'p/partner', 'p/z']);
  });

  test('in a bucket that keeps versions is cleared of these and of the marks of deletions', async () => {
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await server.client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
    for (const content of ['1', '2', '3']) await put('p/part/a', content);
    await put('p/z');
    const part = scratch();
    await part.clear();
    part.close();
    expect(await everything()).toEqual(['p/z']);
  });

  test('can never be a whole bucket', () => {
    expect(() => openScratch(bucket, { environment: server.environment })).toThrow(
      expect.objectContaining({ code: 'MISCONFIGURED' }),
    );
  });

  test('tells when an object was written, by the clock of the store', async () => {
    const before = Date.now();
    await put('p/part/a');
    const part = scratch();
    const writtenAtMs = await part.writtenAtMs('a');
    expect(await part.abortsUploads()).toBe(false);
    part.close();
    expect(writtenAtMs).toBeGreaterThan(before - 2_000);
    expect(writtenAtMs).toBeLessThan(Date.now() + 2_000);
  });
});
