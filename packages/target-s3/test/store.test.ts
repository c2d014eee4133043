import { randomBytes } from 'node:crypto';
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { type BackupTarget, bytesSource, compareKeys, type ObjectSource, type WriteBatch } from '@holdfast/core/target';
import { expect, test, vi } from 'vitest';
import { clientsOf } from '../src/client.js';
import { copyObject } from '../src/copying.js';
import { openS3, probeCreateIfAbsent } from '../src/index.js';
import { S3Session } from '../src/session.js';
import { settingsOf } from '../src/settings.js';
import { answering, errorXml, type Meddling, proxy } from './loopback.js';
import { describeS3, placeForEach } from './s3-server.js';

const MIB = 1024 * 1024;
const text = (content: string): ObjectSource => bytesSource(Buffer.from(content));

describeS3('a real store', (server) => {
  const place = placeForEach(server);

  /** Opens the place, with other variables or through another endpoint. */
  async function open(environment: Record<string, string> = {}, location = place.location): Promise<BackupTarget> {
    const target = await openS3(location, { environment: { ...server.environment, ...environment } });
    place.keep(target);
    return target;
  }

  async function through(meddling: Meddling): Promise<{ target: BackupTarget; calls: () => string[] }> {
    const between = await proxy(server.endpoint, meddling);
    const calls = (): string[] => between.calls().map((call) => call.replace(`/${place.bucket}/${place.prefix}`, ''));
    return { target: await open({ AWS_ENDPOINT_URL: between.endpoint }), calls };
  }

  async function contentOf(key: string): Promise<string | undefined> {
    const answer = await server.client
      .send(new GetObjectCommand({ Bucket: place.bucket, Key: place.prefix + key }))
      .catch(() => undefined);
    return answer?.Body?.transformToString();
  }

  async function keysOf(target: BackupTarget): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of target.list('')) keys.push(key);
    return keys;
  }

  const drain = async (target: BackupTarget, key: string): Promise<void> => {
    for await (const _ of target.get(key));
  };

  const everyCall = (target: BackupTarget): Record<string, () => Promise<unknown>> => ({
    stat: () => target.stat('a'),
    get: () => drain(target, 'a'),
    list: () => keysOf(target),
    put: async () => (await target.begin()).put('a', text('a')),
    'large put': async () => (await target.begin()).put('a', bytesSource(Buffer.alloc(17 * MIB))),
    commit: async () => (await target.begin()).commit({ key: 'a', body: Buffer.from('a') }),
    copy: async () => (await target.begin()).copy('a', 'b'),
    delete: () => target.delete(['a', 'b']),
  });

  test.each([
    [
      'a wrong secret',
      { AWS_SECRET_ACCESS_KEY: 'wrong-but-long-enough' },
      'BAD_CREDENTIALS',
      /secret key does not fit/,
    ],
    [
      'a key that the store does not know',
      { AWS_ACCESS_KEY_ID: 'nobody-here' },
      'BAD_CREDENTIALS',
      /does not know this access key/,
    ],
  ] as const)(
    '%s is said clearly by every call, and never with the key in it',
    async (_, environment, code, reason) => {
      for (const [call, run] of Object.entries(everyCall(await open(environment)))) {
        const fault: unknown = await run().catch((error: unknown) => error);
        expect(fault, call).toMatchObject({
          code,
          retryable: false,
          reason: expect.stringMatching(reason),
          hint: expect.stringMatching(/AWS_/),
        });
        const said = JSON.stringify([fault, String(fault), String((fault as Error).cause)]);
        for (const secret of [environment, server.environment].map((one) =>
          'AWS_SECRET_ACCESS_KEY' in one ? one.AWS_SECRET_ACCESS_KEY : undefined,
        )) {
          if (secret) expect(said).not.toContain(secret);
        }
      }
    },
  );

  test('a missing bucket is TARGET_NOT_FOUND in every call, also where a missing object would be no error', async () => {
    const target = await open({}, `holdfast-test-${randomBytes(8).toString('hex')}/x`);
    for (const [call, run] of Object.entries(everyCall(target))) {
      await expect(run(), call).rejects.toMatchObject({
        code: 'TARGET_NOT_FOUND',
        hint: expect.stringMatching(/Create the bucket/),
      });
    }
  });

  test('a clock that is off is CLOCK_SKEW, says by how much, and is said again by the next call', async () => {
    const target = await open();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 3_600_000 });
    try {
      for (const run of [...Object.values(everyCall(target)), () => target.stat('a')]) {
        await expect(run()).rejects.toMatchObject({
          code: 'CLOCK_SKEW',
          reason: expect.stringMatching(/by (119|120) minutes \(this machine is ahead\)/),
        });
      }
    } finally {
      vi.useRealTimers();
    }
  });

  test('an absent object is told from an absent bucket by one more request, once', async () => {
    const { target, calls } = await through({});
    expect(await target.stat('a')).toBeUndefined();
    expect(await target.stat('b')).toBeUndefined();
    expect(calls()).toEqual(['HEAD a', `HEAD /${place.bucket}/`, 'HEAD b']);
  });

  test('a batch costs one request an object and one for the record; a begin costs none', async () => {
    const { target, calls } = await through({});
    const batch = await target.begin();
    expect(calls()).toEqual([]);
    for (const key of ['a', 'b', 'c']) await batch.put(key, text(key));
    await batch.commit({ key: 'record', body: Buffer.from('r') });
    expect(calls()).toEqual(['PUT a', 'PUT b', 'PUT c', 'PUT record']);
  });

  test('a batch with a root costs one listing more, which shows that nothing has vanished before the record is put', async () => {
    const { target, calls } = await through({});
    const batch = await target.begin({ root: 'r' });
    for (const key of ['r/a', 'r/b', 'r/c']) expect(await batch.put(key, text(key))).toMatchObject({ confirmed: true });
    await batch.commit({ key: 'r/record', body: Buffer.from('r') });
    expect(calls()).toEqual(['PUT r/a', 'PUT r/b', 'PUT r/c', `GET /${place.bucket}/`, 'PUT r/record']);
  });

  test('the order of a listing is that of the bytes, also above U+FFFF', async () => {
    const keys = ['～', '😀', 'z', 'Z', 'é', 'e\u0301', 'a/b', 'a.txt', 'a-', '\uffee', '𝕏', '€'];
    const target = await open();
    const batch = await target.begin();
    for (const key of keys) await batch.put(key, text(key));
    expect(await keysOf(target)).toEqual(keys.sort(compareKeys));
  });

  test('a byte that is turned over on the way never arrives: the store refuses it, and the second try is told to be worth while', async () => {
    const flip = ({ method, body }: { method: string; body: Buffer }): Buffer => {
      const sent = Buffer.from(body);
      if (method === 'PUT' && sent.byteLength > 0)
        sent.writeUInt8(sent.readUInt8(sent.byteLength >> 1) ^ 1, sent.byteLength >> 1);
      return sent;
    };
    const { target } = await through({ body: flip });
    const batch = await target.begin();
    await expect(batch.put('a', text('some content'))).rejects.toMatchObject({ code: 'CORRUPT', retryable: true });
    await expect(batch.commit({ key: 'record', body: Buffer.from('record') })).rejects.toMatchObject({
      code: 'CORRUPT',
    });
    expect(await keysOf(await open())).toEqual([]);
  });

  test('an upload in parts with a byte turned over on the way is aborted and leaves nothing', async () => {
    let parts = 0;
    const { target } = await through({
      body({ url, body }) {
        const isSecond = /partNumber=2/.test(url);
        if (!isSecond) return body;
        parts += 1;
        const sent = Buffer.from(body);
        sent.writeUInt8(sent.readUInt8(1000) ^ 1, 1000);
        return sent;
      },
    });
    const batch = await target.begin();
    await expect(batch.put('a', bytesSource(Buffer.alloc(17 * MIB, 'x')))).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(parts).toBe(4);
    expect(await place.uploads()).toEqual([]);
    expect(await contentOf('a')).toBeUndefined();
  });

  for (const how of ['ifAbsent', 'root'] as const) {
    const key = how === 'root' ? 'r/record' : 'record';
    const begin = (target: BackupTarget): Promise<WriteBatch> => target.begin(how === 'root' ? { root: 'r' } : {});
    const record = (content: string): { key: string; body: Buffer; ifAbsent?: boolean } =>
      how === 'root' ? { key, body: Buffer.from(content) } : { key, body: Buffer.from(content), ifAbsent: true };

    test(`a record whose answer was lost is found to be ours, and that is a success (${how})`, async () => {
      const { target } = await through({ answer: ({ method }) => (method === 'PUT' ? 'lose' : 'pass') });
      const batch = await begin(target);
      expect(await batch.commit(record('ours'))).toEqual({ durableBy: 'store' });
      expect(await contentOf(key)).toBe('ours');
    });

    test(`a record whose answer was lost, and that is another's, is ALREADY_EXISTS (${how})`, async () => {
      await (await begin(await open())).commit(record('theirs'));
      const { target } = await through({ answer: ({ method }) => (method === 'PUT' ? 'lose' : 'pass') });
      await expect((await begin(target)).commit(record('ours'))).rejects.toMatchObject({ code: 'ALREADY_EXISTS', key });
      expect(await contentOf(key)).toBe('theirs');
    });

    test(`when nothing more is known of a record that was sent, giving up leaves everything as it is (${how})`, async () => {
      let isCut = false;
      const { target } = await through({
        answer({ method, url }) {
          isCut ||= method === 'PUT' && url.includes('record');
          return isCut ? 'lose' : 'pass';
        },
      });
      const batch = await begin(target);
      const object = how === 'root' ? 'r/a' : 'a';
      await batch.put(object, text('content'));
      await expect(batch.commit(record('ours'))).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
      await batch.abort();
      // The record is there, though we could not know it: so must be what it stands for.
      expect(await contentOf(key)).toBe('ours');
      expect(await contentOf(object)).toBe('content');
    });
  }

  test('a commit that failed for a while can be repeated', async () => {
    let failures = 1;
    const { target } = await through({
      instead({ method, url }, response) {
        if (method !== 'PUT' || !url.includes('record') || failures-- === 0) return false;
        response.writeHead(503).end(errorXml('SlowDown'));
        return true;
      },
    });
    const batch = await target.begin({ root: 'r' });
    await batch.put('r/a', text('a'));
    const record = { key: 'r/record', body: Buffer.from('r') };
    await expect(batch.commit(record)).rejects.toMatchObject({ code: 'THROTTLED' });
    await batch.commit(record);
    expect(await keysOf(await open())).toEqual(['r/a', 'r/record']);
  });

  for (const [kind, begin] of [
    ['added', {}],
    ['new root', { root: 'r' }],
  ] as const) {
    const loseThePut = (): Promise<{ target: BackupTarget }> =>
      through({ answer: ({ method, url }) => (method === 'PUT' && url.includes('lost') ? 'lose' : 'pass') });

    test(`a put that failed because its answer was lost is not there when the record is [${kind}]`, async () => {
      const batch = await (await loseThePut()).target.begin(begin);
      await expect(batch.put('r/lost', text('x'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await batch.put('r/kept', text('kept'));
      expect(await contentOf('r/lost')).toBe('x');
      await batch.commit({ key: 'r/record', body: Buffer.from('record') });
      expect(await keysOf(await open())).toEqual(['r/kept', 'r/record']);
    });

    test(`giving up removes what was stored though its answer was lost [${kind}]`, async () => {
      const batch = await (await loseThePut()).target.begin(begin);
      await expect(batch.put('r/lost', text('x'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await batch.abort();
      expect(await keysOf(await open())).toEqual([]);
    });

    test(`a put whose answer was lost can be repeated, and then it stays [${kind}]`, async () => {
      let isFirst = true;
      const { target } = await through({
        answer({ method }) {
          const isLost = method === 'PUT' && isFirst;
          isFirst = false;
          return isLost ? 'lose' : 'pass';
        },
      });
      const batch = await target.begin(begin);
      await expect(batch.put('r/a', text('a'))).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
      expect(await batch.put('r/a', text('a'))).toMatchObject({ confirmed: true });
      await batch.commit({ key: 'r/record', body: Buffer.from('record') });
      expect(await keysOf(await open())).toEqual(['r/a', 'r/record']);
    });
  }

  test('an upload that somebody has left, or is busy with, is touched by no begin, no commit and no abort', async () => {
    await server.client.send(new CreateMultipartUploadCommand({ Bucket: place.bucket, Key: `${place.prefix}r/big` }));
    const before = await place.uploads();
    expect(before).toHaveLength(1);
    const target = await open();
    const kept = await target.begin({ root: 'r' });
    await kept.put('r/big', bytesSource(Buffer.alloc(17 * MIB)));
    await kept.commit({ key: 'r/record', body: Buffer.from('r') });
    const given = await target.begin();
    await given.put('other', text('x'));
    await given.abort();
    expect(await place.uploads()).toEqual(before);
    expect(await keysOf(target)).toEqual(['r/big', 'r/record']);
  });

  test('a run that was killed in its root can be repeated: what it left is taken over, large or small', async () => {
    const large = bytesSource(Buffer.alloc(17 * MIB, 'l'));
    const dead = await (await open()).begin({ root: 'r' });
    await dead.put('r/a', text('same'));
    await dead.put('r/large', large);
    const { target, calls } = await through({});
    const next = await target.begin({ root: 'r' });
    expect(await next.put('r/a', text('same'))).toMatchObject({ confirmed: true });
    expect(await next.put('r/large', large)).toMatchObject({ confirmed: true });
    await next.put('r/b', text('new'));
    await next.commit({ key: 'r/record', body: Buffer.from('r') });
    expect(await keysOf(target)).toEqual(['r/a', 'r/b', 'r/large', 'r/record']);
    // The large one was read here and compared; its bytes were not sent again.
    expect(calls().filter((call) => call.startsWith('POST'))).toEqual([]);
  });

  test('what an earlier run left with other bytes is ALREADY_EXISTS, and stays', async () => {
    const dead = await (await open()).begin({ root: 'r' });
    await dead.put('r/a', text('theirs'));
    await dead.put('r/large', bytesSource(Buffer.alloc(17 * MIB, 't')));
    const batch = await (await open()).begin({ root: 'r' });
    await expect(batch.put('r/a', text('ours!!'))).rejects.toMatchObject({ code: 'ALREADY_EXISTS', key: 'r/a' });
    await expect(batch.put('r/large', bytesSource(Buffer.alloc(17 * MIB, 'o')))).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
    await expect(batch.put('r/large', bytesSource(Buffer.alloc(18 * MIB, 't')))).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
    await batch.abort();
    expect(await contentOf('r/a')).toBe('theirs');
  });

  test("of two batches that fill one root with the same bytes, the one that gives up takes nothing of the other's", async () => {
    for (const laterPutsFirst of [false, true]) {
      const root = `r${laterPutsFirst}`;
      const [winner, loser] = [await (await open()).begin({ root }), await (await open()).begin({ root })];
      const [first, second] = laterPutsFirst ? [loser, winner] : [winner, loser];
      await first.put(`${root}/a`, text('a'));
      await second.put(`${root}/a`, text('a'));
      await second.put(`${root}/b`, text('b'));
      await first.put(`${root}/b`, text('b'));
      await winner.commit({ key: `${root}/record`, body: Buffer.from('winner') });
      await expect(loser.commit({ key: `${root}/record`, body: Buffer.from('loser') })).rejects.toMatchObject({
        code: 'ALREADY_EXISTS',
      });
      await loser.abort();
      for (const key of ['a', 'b']) expect(await contentOf(`${root}/${key}`), `${key} ${root}`).toBe(key);
      expect(await contentOf(`${root}/record`)).toBe('winner');
    }
  });

  test('a batch that loses its root takes nothing large with it that the winner relies on, though it has replaced it', async () => {
    const bytes = Buffer.alloc(17 * MIB, 'l');
    const [winner, loser] = [await (await open()).begin({ root: 'r' }), await (await open()).begin({ root: 'r' })];
    // The loser has seen that the key is free when the winner takes it; Ceph 16 joins the parts all the same.
    let isOpened: () => void = () => {};
    let goOn: () => void = () => {};
    const opening = new Promise<void>((resolve) => (isOpened = resolve));
    const going = new Promise<void>((resolve) => (goOn = resolve));
    const late = loser.put('r/large', {
      sizeBytes: bytes.byteLength,
      async *open() {
        isOpened();
        await going;
        yield bytes;
      },
    });
    await opening;
    await winner.put('r/large', bytesSource(bytes));
    await winner.commit({ key: 'r/record', body: Buffer.from('winner') });
    goOn();
    await late.catch(() => {});
    await expect(loser.commit({ key: 'r/record', body: Buffer.from('loser') })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
    await loser.abort();
    expect(await keysOf(await open())).toEqual(['r/large', 'r/record']);
  });

  test('a commit whose objects somebody has removed is ABORTED, and puts no record', async () => {
    const target = await open();
    const batch = await target.begin({ root: 'r' });
    await batch.put('r/a', text('a'));
    await batch.put('r/b', text('b'));
    await (await open()).delete(['r/a']);
    await expect(batch.commit({ key: 'r/record', body: Buffer.from('r') })).rejects.toMatchObject({
      code: 'ABORTED',
      key: 'r/a',
    });
    await batch.abort();
    expect(await keysOf(target)).toEqual([]);
  });

  test('a store that answers NotImplemented to a condition is asked before instead', async () => {
    const { target, calls } = await through({
      instead({ headers }, response) {
        if (headers['if-none-match'] === undefined) return false;
        response.writeHead(501, { 'content-type': 'application/xml' }).end(errorXml('NotImplemented'));
        return true;
      },
    });
    const batch = await target.begin({ root: 'r' });
    await batch.put('r/a', text('a'));
    await batch.put('r/b', text('b'));
    await batch.commit({ key: 'r/record', body: Buffer.from('r') });
    expect(calls().slice(0, 5)).toEqual(['PUT r/a', 'HEAD r/a', 'PUT r/a', 'HEAD r/b', 'PUT r/b']);
    expect(await keysOf(target)).toEqual(['r/a', 'r/b', 'r/record']);
    expect(await probeCreateIfAbsent(target)).toBe(false);
  });

  test('a store that is known not to create only if absent is looked at where its root is not empty, and nowhere else', async () => {
    const { target: full, calls } = await through({});
    const target = await place.open({ createIfAbsent: false });
    expect(target.capabilities.putIfAbsent).toBe(false);
    await expect(
      (await target.begin()).commit({ key: 'x', body: Buffer.from('x'), ifAbsent: true }),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    const first = await target.begin({ root: 'r' });
    await first.put('r/a', text('first'));
    await first.commit({ key: 'r/record', body: Buffer.from('first') });
    const second = await target.begin({ root: 'r' });
    await expect(second.put('r/a', text('other'))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await second.put('r/b', text('second'));
    await expect(second.commit({ key: 'r/record', body: Buffer.from('second') })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
    await second.abort();
    expect(await keysOf(full)).toEqual(['r/a', 'r/record']);
    expect(await contentOf('r/a')).toBe('first');
    expect(calls()).toEqual([`GET /${place.bucket}/`]);
  });

  test('where nothing is below the root, a store that cannot create only if absent is asked once for the whole batch', async () => {
    const between = await proxy(server.endpoint);
    const target = await openS3(place.location, {
      environment: { ...server.environment, AWS_ENDPOINT_URL: between.endpoint },
      adapterOptions: { createIfAbsent: false },
    });
    place.keep(target);
    const batch = await target.begin({ root: 'r' });
    for (const key of ['r/a', 'r/b']) await batch.put(key, text(key));
    await batch.commit({ key: 'r/record', body: Buffer.from('r') });
    const methods = between.asked.map(({ method }) => method);
    // Is the root empty? Two puts. Has anything vanished? Is the record there? The record.
    expect(methods).toEqual(['GET', 'PUT', 'PUT', 'GET', 'GET', 'PUT']);
    expect(between.asked.filter(({ headers }) => headers['if-none-match'] !== undefined)).toEqual([]);
  });

  test('Ceph creates only if absent: of eight racers one wins, and the probe leaves nothing', async () => {
    const target = await open();
    expect(await probeCreateIfAbsent(target)).toBe(true);
    expect(await keysOf(target)).toEqual([]);
  });

  test('a store that heeds no condition is found out by the probe', async () => {
    const between = await proxy(server.endpoint);
    const ignoring = await answering(
      ({ method }, response) => void response.writeHead(method === 'PUT' ? 200 : 204).end(),
    );
    const target = await open({ AWS_ENDPOINT_URL: ignoring.endpoint });
    expect(await probeCreateIfAbsent(target)).toBe(false);
    expect(between.asked).toEqual([]);
  });

  test('a copy from an odd name to another is made by the store', async () => {
    const target = await open();
    const names = [
      'a b',
      'plus+plus',
      'per%2Fcent',
      "it's (x)*!~",
      'é 😀',
      'a?b#c&d=e',
      '"quoted"',
      'back\\slash',
      '..a',
    ];
    const batch = await target.begin();
    for (const name of names) await batch.put(name, text(name));
    for (const name of names) await batch.copy(name, `copy of ${name}`);
    for (const name of names) expect(await contentOf(`copy of ${name}`), name).toBe(name);
  });

  test('an object that is too large for one request is copied in parts, or refused: then its bytes have to be sent', async () => {
    const bytes = randomBytes(12 * MIB);
    const refusing = await proxy(server.endpoint, {
      instead({ headers, url }, response) {
        if (headers['x-amz-copy-source'] === undefined || url.includes('partNumber')) return false;
        const message = 'The specified copy source is larger than the maximum allowable size';
        const body = errorXml('InvalidRequest').replace('InvalidRequest it is', message);
        response.writeHead(400, { 'content-type': 'application/xml' }).end(body);
        return true;
      },
    });
    const environment = { ...server.environment, AWS_ENDPOINT_URL: refusing.endpoint };
    const settings = settingsOf(place.location, {}, environment);
    const session = new S3Session(settings, clientsOf(settings, {}, environment));
    const { signal } = new AbortController();
    const copy = async (fromKey: string, toKey: string): Promise<void> => {
      await server.client.send(
        new PutObjectCommand({ Bucket: place.bucket, Key: place.prefix + fromKey, Body: bytes }),
      );
      await copyObject({ session, fromKey, toKey, signal, partBytes: 5 * MIB });
    };
    await copy('big', 'copy');
    const answer = await server.client.send(new GetObjectCommand({ Bucket: place.bucket, Key: `${place.prefix}copy` }));
    expect(Buffer.compare((await answer.Body?.transformToByteArray()) ?? Buffer.alloc(0), bytes)).toBe(0);
    expect(answer.ETag).toMatch(/-3"$/);
    // Ceph 16 copies no parts of an object whose name must be escaped; later ones do.
    const odd: unknown = await copy('big +%', 'odd').catch((error: unknown) => error);
    if (odd !== undefined) expect(odd).toMatchObject({ code: 'COPY_REFUSED', key: 'odd' });
    else
      expect(
        (await server.client.send(new HeadObjectCommand({ Bucket: place.bucket, Key: `${place.prefix}odd` })))
          .ContentLength,
      ).toBe(12 * MIB);
    expect(await place.uploads()).toEqual([]);
    await expect(copyObject({ session, fromKey: 'absent', toKey: 'x', signal })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      key: 'absent',
    });
    session.close();
  });

  test('closing ends what is under way with CLOSED', async () => {
    const { target } = await through({ before: () => new Promise(() => {}) });
    const batch = await target.begin();
    const put = batch.put('a', text('a'));
    const stat = target.stat('a');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await target.close();
    await expect(put).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(stat).rejects.toMatchObject({ code: 'CLOSED' });
  });
});
