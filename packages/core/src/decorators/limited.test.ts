import { expect, test } from 'vitest';
import { type BackupTarget, bytesSource, type ObjectSource } from '../target/index.js';
import { faultPlan, faultyTarget, memoryTarget, waits } from '../testing/index.js';
import { limited } from './index.js';

/** Time that moves only while somebody sleeps. */
function fakeTime(): { now: () => number; sleep: (delayMs: number) => Promise<void> } {
  let nowMs = 0;
  return {
    now: () => nowMs,
    sleep: async (delayMs) => {
      nowMs += delayMs;
    },
  };
}

async function readAll(target: BackupTarget, key: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of target.get(key)) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('no more puts run at once than are allowed, and all of them run', async () => {
  let running = 0;
  let most = 0;
  const pause = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  };
  const faults = faultPlan().on('put', waits(pause), { times: 20 });
  const batch = await limited(faultyTarget(memoryTarget(), faults), { concurrency: 3 }).begin({ root: 'r' });
  await Promise.all(Array.from({ length: 20 }, (_, index) => batch.put(`r/${index}`, bytesSource(new Uint8Array(1)))));
  expect([most, faults.count('put')]).toEqual([3, 20]);
});

test('a call that fails, or gives up waiting, frees its place', async () => {
  let release: () => void = () => {};
  const blocked = new Promise<void>((resolve) => {
    release = resolve;
  });
  const faults = faultPlan().on(
    'stat',
    waits(() => blocked),
  );
  const target = limited(faultyTarget(memoryTarget(), faults), { concurrency: 1 });
  const stop = new AbortController();
  const first = target.stat('r/a');
  const second = target.stat('r/b', { signal: stop.signal });
  const third = target.stat('');
  const fourth = target.stat('r/d');
  stop.abort();
  await expect(second).rejects.toMatchObject({ code: 'ABORTED', operation: 'stat', key: 'r/b' });
  release();
  await first;
  await expect(third).rejects.toMatchObject({ code: 'INVALID_KEY' });
  await fourth;
  expect(faults.count('stat')).toBe(3);
});

test('with one place alone, who reads two objects in turn or puts what it reads does not wait for itself', async () => {
  const target = limited(memoryTarget(), { concurrency: 1 });
  const first = await target.begin({ root: 'r' });
  await first.put('r/a', bytesSource(new Uint8Array(200_000)));
  await first.put('r/b', bytesSource(new Uint8Array(200_000)));
  await first.commit();
  for await (const line of target.list('')) {
    for await (const piece of target.get(line.key)) {
      expect(piece.byteLength).toBeGreaterThan(0);
      expect((await readAll(target, 'r/b')).byteLength).toBe(200_000);
    }
  }
  const second = await target.begin({ root: 'copy' });
  const source: ObjectSource = { sizeBytes: 200_000, open: () => target.get('r/a') };
  await second.put('copy/a', source);
  await second.commit();
  expect((await readAll(target, 'copy/a')).byteLength).toBe(200_000);
});

test('commit, abort and close never wait behind what is still running', async () => {
  const never = new Promise<void>(() => {});
  const faults = faultPlan().on(
    'put',
    waits(() => never),
  );
  const target = limited(faultyTarget(memoryTarget(), faults), { concurrency: 1 });
  const batch = await target.begin({ root: 'r' });
  void batch.put('r/a', bytesSource(new Uint8Array(1)));
  await batch.abort();
  await target.close();
});

test('bytes put and got together take their time, beyond what one second holds', async () => {
  const time = fakeTime();
  const target = limited(memoryTarget(), { bytesPerSecond: 100_000, ...time });
  const batch = await target.begin({ root: 'r' });
  await batch.put('r/a', bytesSource(new Uint8Array(300_000)));
  await batch.commit();
  // The bucket was full: the first 100,000 bytes cost nothing.
  expect(time.now()).toBeCloseTo(2000, 3);
  await readAll(target, 'r/a');
  expect(time.now()).toBeCloseTo(5000, 3);
});

test('a signal ends the waiting for bandwidth', async () => {
  const stop = new AbortController();
  const target = limited(memoryTarget(), {
    bytesPerSecond: 1,
    sleep: (_, signal) => {
      stop.abort();
      return Promise.reject(signal?.reason);
    },
  });
  const batch = await target.begin({ root: 'r' });
  const put = batch.put('r/a', bytesSource(new Uint8Array(100)), { signal: stop.signal });
  await expect(put).rejects.toMatchObject({ code: 'ABORTED', operation: 'put', key: 'r/a' });
});
