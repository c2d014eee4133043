import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CopyObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { type BackupTarget, backup, type HoldfastEvent, mirror, verify } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openS3, type S3Options } from '../src/index.js';
import { proxy } from './loopback.js';
import { describeS3, placeForEach } from './s3-server.js';

const MIB = 1024 * 1024;

describeS3("what a real store's checksums prove", (server) => {
  const place = placeForEach(server);
  let work: string;
  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'holdfast-proofs-'));
    mkdirSync(join(work, 'data'));
    write('a.txt', 'hello');
    write('b ü.txt', 'world');
    write('large.bin', randomBytes(17 * MIB));
  });
  afterEach(() => rmSync(work, { recursive: true }));

  function write(name: string, content: string | Uint8Array): void {
    const path = join(work, 'data', name);
    writeFileSync(path, content);
    utimesSync(path, 1_600_000_000, 1_600_000_000);
  }

  async function open(adapterOptions: S3Options = {}, location = place.location): Promise<BackupTarget> {
    return place.keep(
      await openS3(location, { environment: server.environment, adapterOptions: { ...adapterOptions } }),
    );
  }

  async function save(target: BackupTarget): Promise<string> {
    const sources = [{ path: join(work, 'data'), name: 'data' }];
    return (await backup({ sources, targets: [target], stateDirectory: join(work, 'state') })).snapshotId;
  }

  const notes = (seen: string[]) => (event: HoldfastEvent) => {
    if (event.type === 'note') seen.push(event.note.code);
  };

  test('every file put is proven without a GET of it, one in parts too', async () => {
    await save(await open());
    const between = await proxy(server.endpoint);
    const environment = { ...server.environment, AWS_ENDPOINT_URL: between.endpoint };
    const target = await openS3(place.location, { environment });
    place.keep(target);
    const summary = await verify({ target });
    expect(summary).toMatchObject({ whole: true, files: 3, provenFiles: 3, provenBytes: 10 + 17 * MIB, readBytes: 0 });
    expect(between.calls().filter((call) => call.includes('/data/'))).toEqual([]);
  });

  test('small files that the store copied are proven; of none more is claimed than it shows', async () => {
    const target = await open();
    await save(target);
    const second = await save(target);
    const summary = await verify({ target, which: second });
    expect(summary).toMatchObject({ whole: true, files: 3 });
    expect(summary.provenFiles).toBeGreaterThanOrEqual(2);
    expect((await verify({ target, which: second, data: true })).provenFiles).toBe(3);
  });

  test('an object of the same size that somebody put in its place is not proven, is noted, and found by reading', async () => {
    const target = await open();
    const id = await save(target);
    await server.client.send(
      new PutObjectCommand({ Bucket: place.bucket, Key: `${place.prefix}${id}/data/a.txt`, Body: 'HELLO' }),
    );
    const seen: string[] = [];
    const summary = await verify({ target, onEvent: notes(seen) });
    expect(summary).toMatchObject({ whole: true, provenFiles: 2, changedDigests: 1 });
    expect(seen).toEqual(['DIGEST_CHANGED']);
    expect((await verify({ target, data: true })).problems).toMatchObject([{ code: 'DAMAGED', path: 'data/a.txt' }]);
  });

  test('a bucket that a tool copied is compared, and proven as far as its checksums stayed the same', async () => {
    const from = await open();
    const id = await save(from);
    const other = await open({}, `${place.location}-copied`);
    await mirror({ from, to: other });
    expect((await verify({ target: from, against: other })).against).toMatchObject({
      equalSnapshots: 1,
      provenFiles: 3,
      readBytes: 0,
    });
    const key = (prefix: string): string => `${prefix}${id}/data/a.txt`;
    const folder = `${place.prefix.slice(0, -1)}-copied/`;
    await server.client.send(
      new CopyObjectCommand({
        Bucket: place.bucket,
        Key: key(folder),
        CopySource: `${place.bucket}/${key(place.prefix)}`,
      }),
    );
    expect((await verify({ target: from, against: other })).against).toMatchObject({
      equalSnapshots: 1,
      provenFiles: 3,
    });
  });

  test('a store whose ETags are no MD5s proves nothing, and says nothing wrong', async () => {
    const target = await open({ etags: 'opaque' });
    await save(target);
    const seen: string[] = [];
    expect(await verify({ target, onEvent: notes(seen) })).toMatchObject({
      whole: true,
      provenFiles: 0,
      changedDigests: 0,
    });
    expect(seen).toEqual([]);
  });
});
