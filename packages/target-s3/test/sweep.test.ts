import { CreateMultipartUploadCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { type BackupTarget, bytesSource, type ObjectSource, type SweepOptions } from '@holdfast/core/target';
import { expect, test } from 'vitest';
import { openS3 } from '../src/index.js';
import { describeS3, placeForEach } from './s3-server.js';

const text = (content: string): ObjectSource => bytesSource(Buffer.from(content));

/** A store dates what it holds by whole seconds: after so long what has come is older than nothing. */
const TICK_MS = 2_100;
const tick = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, TICK_MS));

describeS3('what is left over in a real store', (server) => {
  const place = placeForEach(server);

  async function open(): Promise<BackupTarget> {
    const target = await openS3(place.location, { environment: server.environment });
    place.keep(target);
    return target;
  }

  test('a sweep aborts uploads that are old enough by the store, of our own roots alone, and leaves the young', async () => {
    const target = await open();
    for (const key of ['r/large', 'foreign/large']) {
      await server.client.send(new CreateMultipartUploadCommand({ Bucket: place.bucket, Key: place.prefix + key }));
    }
    const sweep = async (options: SweepOptions): Promise<string[]> => {
      const found: string[] = [];
      for await (const { kind, name, state } of target.sweep(options)) found.push(`${kind} ${name} ${state}`);
      return found;
    };
    const isOwnRoot = (root: string): boolean => root === 'r';
    expect(await sweep({ isOwnRoot })).toEqual(['upload r/large living']);
    await tick();
    expect(await sweep({ isOwnRoot, abandonedAfterMs: 0, dryRun: true })).toEqual(['upload r/large dead']);
    expect(await place.uploads()).toHaveLength(2);
    expect(await sweep({ isOwnRoot, abandonedAfterMs: 0 })).toEqual(['upload r/large cleared']);
    expect(await place.uploads()).toEqual([expect.stringContaining('foreign/large')]);
  });

  test('a root that an upload is under way to is left alone, however old its objects are', async () => {
    const target = await open();
    const batch = await target.begin({ root: 'r' });
    await batch.put('r/a', text('a'));
    await tick();
    const upload = { Bucket: place.bucket, Key: `${place.prefix}r/large` };
    await server.client.send(new CreateMultipartUploadCommand(upload));
    const states: string[] = [];
    // The upload is younger than this, the object is not.
    for await (const { kind, state } of target.sweep({ abandonedRoots: ['r'], abandonedAfterMs: 1_500 })) {
      states.push(`${kind} ${state}`);
    }
    expect(states).toEqual(['upload living', 'root living']);
    expect(await target.stat('r/a')).toBeDefined();
  });

  test('what another one left under a root, and blocks it, goes with a sweep: then the root can be filled', async () => {
    const [target, other] = [await open(), await open()];
    const left = await other.begin({ root: 'r' });
    await left.put('r/a', text('other bytes'));
    const blocked = await target.begin({ root: 'r' });
    await expect(blocked.put('r/a', text('ours'))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await blocked.abort();
    await tick();
    for await (const _ of target.sweep({ abandonedRoots: ['r'], abandonedAfterMs: 0 }));
    const batch = await target.begin({ root: 'r' });
    await batch.put('r/a', text('ours'));
    await batch.commit({ key: 'r/record', body: Buffer.from('1') });
    const answer = await server.client.send(new GetObjectCommand({ Bucket: place.bucket, Key: `${place.prefix}r/a` }));
    expect(await answer.Body?.transformToString()).toBe('ours');
  });
});
