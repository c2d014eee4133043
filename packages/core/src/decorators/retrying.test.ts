import { expect, test } from 'vitest';
import {
  type BackupTarget,
  bytesSource,
  isTargetError,
  type ObjectSource,
  type TargetCapabilities,
  TargetError,
} from '../target/index.js';
import {
  breaksAfter,
  type FaultPlan,
  fails,
  faultPlan,
  faultyTarget,
  losesAnswer,
  memoryTarget,
  targetFault,
} from '../testing/index.js';
import { type RetryEvent, type RetryOptions, retrying } from './index.js';

const CONTENT = Buffer.from('0123456789'.repeat(30_000));
const RECORD = { key: 'r/record', body: Buffer.from('nonce 1') };

interface Scene {
  readonly target: BackupTarget;
  /** The medium without faults. */
  readonly medium: BackupTarget;
  readonly faults: FaultPlan;
  readonly delaysMs: number[];
  readonly events: RetryEvent[];
}

async function scene(options: RetryOptions = {}, capabilities: Partial<TargetCapabilities> = {}): Promise<Scene> {
  const faults = faultPlan();
  const delaysMs: number[] = [];
  const events: RetryEvent[] = [];
  const medium = memoryTarget({ capabilities });
  const batch = await medium.begin({ root: 'old' });
  await batch.put('old/a', bytesSource(CONTENT));
  for (let index = 0; index < 9; index += 1) await batch.put(`old/b${index}`, bytesSource(new Uint8Array(index)));
  await batch.commit();
  const target = retrying(faultyTarget(medium, faults), {
    random: () => 1,
    sleep: async (delayMs) => void delaysMs.push(delayMs),
    onRetry: (event) => void events.push(event),
    ...options,
  });
  return { target, medium, faults, delaysMs, events };
}

async function read(target: BackupTarget, key: string, range?: { offset: number; length: number }): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of target.get(key, { range })) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function keys(target: BackupTarget): Promise<string[]> {
  const found: string[] = [];
  for await (const line of target.list('')) found.push(line.key);
  return found;
}

test('what failed for now is repeated, after delays that double up to a limit', async () => {
  const { target, faults, delaysMs, events } = await scene({ attempts: 6, baseDelayMs: 100, maxDelayMs: 500 });
  faults.on('stat', fails(), { times: 5 });
  expect((await target.stat('old/a'))?.sizeBytes).toBe(CONTENT.byteLength);
  expect(delaysMs).toEqual([100, 200, 400, 500, 500]);
  expect(events.map(({ operation, key, attempt }) => [operation, key, attempt])).toEqual(
    [1, 2, 3, 4, 5].map((attempt) => ['stat', 'old/a', attempt]),
  );
});

test('each delay is drawn at random from nothing up to the limit', async () => {
  const draws = [0, 0.25, 0.5];
  const { target, faults, delaysMs } = await scene({ baseDelayMs: 1000, random: () => draws.shift() ?? 1 });
  faults.on('stat', fails(), { times: 3 });
  await target.stat('old/a');
  expect(delaysMs).toEqual([0, 500, 2000]);
});

test('after the last try the error comes out as it is', async () => {
  const { target, faults } = await scene({ attempts: 3 });
  faults.on('delete', fails(targetFault('THROTTLED')), { times: 9 });
  await expect(target.delete(['old/a'])).rejects.toMatchObject({ code: 'THROTTLED' });
  expect(faults.count('delete')).toBe(3);
});

test('what is not worth a second try is not repeated', async () => {
  const { target, faults } = await scene();
  for (const fault of [targetFault('ACCESS_DENIED'), targetFault('NO_SPACE'), new Error('no target error')]) {
    faults.on('begin', fails(fault));
    await expect(target.begin({ root: 'r' })).rejects.toThrow();
  }
  await expect(read(target, 'absent')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect([faults.count('begin'), faults.count('get')]).toEqual([3, 1]);
});

test('a put opens its source anew for each try', async () => {
  const { target, faults } = await scene();
  let openings = 0;
  const source: ObjectSource = {
    sizeBytes: CONTENT.byteLength,
    open() {
      openings += 1;
      return bytesSource(CONTENT).open();
    },
  };
  const batch = await target.begin({ root: 'r' });
  faults.on('put', losesAnswer(), { times: 2 });
  await batch.put('r/a', source);
  await batch.commit(RECORD);
  expect(openings).toBe(3);
  expect((await read(target, 'r/a')).equals(CONTENT)).toBe(true);
});

test('an error of the source comes out at once, also when it is a retryable error of another target', async () => {
  const { target, faults } = await scene();
  const fault = new TargetError({ code: 'UNAVAILABLE', reason: 'x', url: 'memory:other', operation: 'get' });
  const batch = await target.begin({ root: 'r' });
  const source: ObjectSource = {
    sizeBytes: 10,
    // biome-ignore lint/correctness/useYield: it fails before its first byte.
    async *open() {
      throw fault;
    },
  };
  await expect(batch.put('r/a', source)).rejects.toBe(fault);
  expect(faults.count('put')).toBe(1);
});

test('a get that breaks goes on where it stopped', async () => {
  const { target, faults } = await scene({ attempts: 2 });
  faults.on('get', breaksAfter(100_000), { nth: 1 }).on('get', breaksAfter(50_000), { nth: 2 });
  expect((await read(target, 'old/a')).equals(CONTENT)).toBe(true);
  expect([faults.count('get'), faults.count('stat')]).toEqual([3, 1]);
});

test('a range that breaks goes on within the range', async () => {
  const { target, faults } = await scene();
  faults.on('get', breaksAfter(70_000));
  const part = await read(target, 'old/a', { offset: 12_345, length: 150_000 });
  expect(part.equals(CONTENT.subarray(12_345, 162_345))).toBe(true);
  expect(faults.count('stat')).toBe(0);
});

test('a get that breaks after its last byte is whole', async () => {
  const { target, faults } = await scene();
  faults.on('get', losesAnswer());
  expect((await read(target, 'old/a')).equals(CONTENT)).toBe(true);
  expect(faults.count('get')).toBe(1);
});

test('where no range can be read, a get is repeated only while nothing has been given', async () => {
  const { target, faults } = await scene({}, { rangeRead: false });
  faults.on('get', fails());
  expect((await read(target, 'old/a')).equals(CONTENT)).toBe(true);
  faults.on('get', breaksAfter(70_000));
  await expect(read(target, 'old/a')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(faults.count('get')).toBe(3);
});

test('a list that breaks goes on after the last key: none twice, none left out', async () => {
  const { target, medium, faults } = await scene({ attempts: 2 });
  for (let nth = 1; nth <= 4; nth += 1) faults.on('list', breaksAfter(nth * 2), { nth });
  expect(await keys(target)).toEqual(await keys(medium));
  expect(faults.count('list')).toBe(5);
});

test('a list that comes no further gives up', async () => {
  const { target, faults } = await scene({ attempts: 3 });
  faults.on('list', breaksAfter(4), { times: 9 });
  await expect(keys(target)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(faults.count('list')).toBe(3);
});

test('a commit whose answer was lost is a success, and is not sent again', async () => {
  const { target, medium, faults } = await scene();
  const batch = await target.begin({ root: 'r' });
  await batch.put('r/a', bytesSource(CONTENT));
  faults.on('commit', losesAnswer());
  expect(await batch.commit(RECORD)).toEqual({ durableBy: 'store' });
  expect(faults.count('commit')).toBe(1);
  expect(await read(medium, 'r/record')).toEqual(RECORD.body);
});

test('a commit that did not arrive is sent again', async () => {
  const { target, medium, faults } = await scene();
  const batch = await target.begin({ root: 'r' });
  await batch.put('r/a', bytesSource(CONTENT));
  faults.on('commit', fails(), { times: 2 });
  await batch.commit(RECORD);
  expect(faults.count('commit')).toBe(3);
  expect(await read(medium, 'r/record')).toEqual(RECORD.body);
});

test('a commit that lost to another one is not taken for a success', async () => {
  const { target, medium, faults } = await scene();
  const batch = await target.begin();
  const other = await medium.begin();
  await other.commit({ key: RECORD.key, body: Buffer.from('nonce 2') });
  faults.on('commit', fails());
  await expect(batch.commit({ ...RECORD, ifAbsent: true })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
});

test('a lost commit whose record cannot be read back for now is found at the next try', async () => {
  const { target, faults } = await scene({ attempts: 2 });
  const batch = await target.begin({ root: 'r' });
  faults.on('commit', losesAnswer()).on('get', fails(targetFault('ACCESS_DENIED')));
  expect(await batch.commit(RECORD)).toEqual({ durableBy: 'store' });
  expect(faults.count('commit')).toBe(2);
});

test('a lost commit without a record is reported as unclear, not as a use after the end', async () => {
  const { target, faults } = await scene();
  const batch = await target.begin({ root: 'r' });
  await batch.put('r/a', bytesSource(CONTENT));
  faults.on('commit', losesAnswer(targetFault('UNAVAILABLE', 'the answer was lost')));
  await expect(batch.commit()).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'the answer was lost' });
});

test('a signal ends the waiting at once, with ABORTED', async () => {
  const stop = new AbortController();
  const waits: (AbortSignal | undefined)[] = [];
  const { target, faults } = await scene({
    sleep: (_, signal) => {
      waits.push(signal);
      stop.abort();
      return Promise.reject(signal?.reason);
    },
  });
  faults.on('stat', fails(), { times: 9 });
  const error = await target.stat('old/a', { signal: stop.signal }).catch((reason: unknown) => reason);
  expect(isTargetError(error, 'ABORTED')).toBe(true);
  expect([faults.count('stat'), waits]).toEqual([1, [stop.signal]]);
});

test('the real clock is stopped by a signal too', async () => {
  const faults = faultPlan().on('stat', fails());
  const target = retrying(faultyTarget(memoryTarget(), faults), {
    random: () => 1,
    baseDelayMs: 3_600_000,
    maxDelayMs: 3_600_000,
  });
  const stop = new AbortController();
  const answer = target.stat('r/a', { signal: stop.signal });
  setImmediate(() => stop.abort());
  await expect(answer).rejects.toMatchObject({ code: 'ABORTED', operation: 'stat', key: 'r/a' });
});
