import { expect, test } from 'vitest';
import { type BackupTarget, bytesSource } from '../target/index.js';
import {
  afterwards,
  breaksAfter,
  corrupts,
  endsAfter,
  type FaultPlan,
  fails,
  faultPlan,
  faultyTarget,
  hangs,
  losesAnswer,
  memoryTarget,
  targetFault,
} from './index.js';

const CONTENT = Buffer.from('0123456789');

async function stored(faults: FaultPlan): Promise<BackupTarget> {
  const medium = memoryTarget();
  const batch = await medium.begin({ root: 'r' });
  for (const name of ['a', 'b', 'c']) await batch.put(`r/${name}`, bytesSource(CONTENT));
  await batch.commit();
  return faultyTarget(medium, faults);
}

async function read(target: BackupTarget, key: string, signal?: AbortSignal): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of target.get(key, { signal })) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test('the n-th call fails, the ones before and after it do not, and every call is in the log', async () => {
  const faults = faultPlan().on('put', fails(targetFault('NO_SPACE')), { nth: 2 });
  const batch = await faultyTarget(memoryTarget(), faults).begin({ root: 'r' });
  await batch.put('r/a', bytesSource(CONTENT));
  await expect(batch.put('r/b', bytesSource(CONTENT))).rejects.toMatchObject({ code: 'NO_SPACE', key: 'r/b' });
  await batch.put('r/c', bytesSource(CONTENT));
  await batch.commit({ key: 'r/z', body: CONTENT });
  expect(faults.log).toEqual([
    { operation: 'begin', key: 'r', outcome: 'answered' },
    { operation: 'put', key: 'r/a', outcome: 'answered' },
    { operation: 'put', key: 'r/b', outcome: 'failed' },
    { operation: 'put', key: 'r/c', outcome: 'answered' },
    { operation: 'commit', key: 'r/z', outcome: 'answered' },
  ]);
  expect([faults.count('put'), faults.count()]).toEqual([3, 5]);
});

test('a fault counts from when it was planned, can be for one key, for any call, for several in a row, and be healed', async () => {
  const faults = faultPlan();
  const target = await stored(faults);
  await target.stat('r/a');
  faults.on('stat', fails(), { key: 'r/b' }).on('any', fails(), { nth: 3, times: 2 });
  await target.stat('r/a');
  await expect(target.stat('r/b')).rejects.toThrow();
  await expect(target.stat('r/a')).rejects.toThrow();
  await expect(read(target, 'r/a')).rejects.toThrow();
  expect(await read(target, 'r/a')).toBe('0123456789');
  faults.on('any', fails(), { times: 100 });
  faults.heal();
  await target.stat('r/b');
});

test('a lost answer: the work is done, and the caller does not learn it', async () => {
  const faults = faultPlan().on('commit', losesAnswer());
  const target = faultyTarget(memoryTarget(), faults);
  const batch = await target.begin({ root: 'r' });
  await expect(batch.commit({ key: 'r/z', body: CONTENT })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(await read(target, 'r/z')).toBe('0123456789');
});

test('a get can break, end early without a word, or come with a bit flipped', async () => {
  const faults = faultPlan();
  const target = await stored(faults);
  faults.on('get', breaksAfter(4), { nth: 1 }).on('get', endsAfter(4), { nth: 2 }).on('get', corrupts(4), { nth: 3 });
  await expect(read(target, 'r/a')).rejects.toMatchObject({ code: 'UNAVAILABLE', operation: 'get', key: 'r/a' });
  expect(await read(target, 'r/a')).toBe('0123');
  expect(await read(target, 'r/a')).toBe('0123556789');
  expect(await read(target, 'r/a')).toBe('0123456789');
});

test('a put can store a flipped bit', async () => {
  const faults = faultPlan().on('put', corrupts(9));
  const target = faultyTarget(memoryTarget(), faults);
  const batch = await target.begin({ root: 'r' });
  await batch.put('r/a', bytesSource(CONTENT));
  await batch.commit();
  expect(await read(target, 'r/a')).toBe('0123456788');
});

test('a list can break, or end early without a word', async () => {
  const faults = faultPlan().on('list', endsAfter(2), { nth: 1 }).on('list', breaksAfter(1), { nth: 2 });
  const target = await stored(faults);
  const seen: string[] = [];
  for await (const line of target.list('')) seen.push(line.key);
  expect(seen).toEqual(['r/a', 'r/b']);
  await expect(
    (async () => {
      for await (const line of target.list('')) seen.push(line.key);
    })(),
  ).rejects.toThrow();
  expect(seen).toEqual(['r/a', 'r/b', 'r/a']);
});

test('a call hangs until its signal fires', async () => {
  const faults = faultPlan().on('get', hangs()).on('stat', hangs());
  const target = await stored(faults);
  const stop = new AbortController();
  const calls = [read(target, 'r/a', stop.signal), target.stat('r/b', { signal: stop.signal })];
  setImmediate(() => stop.abort());
  for (const answer of await Promise.allSettled(calls)) {
    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'ABORTED' } });
  }
});

test('something else can happen between the work and its answer', async () => {
  const faults = faultPlan();
  const target = await stored(faults);
  const happened: string[] = [];
  faults.on(
    'delete',
    afterwards(async () => void happened.push(String(await target.stat('r/a')))),
  );
  await target.delete(['r/a']);
  expect(happened).toEqual(['undefined']);
});
