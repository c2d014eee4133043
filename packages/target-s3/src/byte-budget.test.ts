import { expect, test } from 'vitest';
import { ByteBudget } from './byte-budget.js';
import { MAX_PARTS, partSizeOf } from './multipart.js';

const never = new AbortController().signal;
const MIB = 1024 * 1024;

/** Has the promise settled by now? */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

test('no more is held than the limit, and whoever waits is served when something is given back', async () => {
  const budget = new ByteBudget(10);
  const first = await budget.take(6, never);
  const second = budget.take(6, never);
  expect(await isSettled(second)).toBe(false);
  first();
  first();
  (await second)();
  expect(budget.peakBytes).toBe(6);
});

test('one that is larger than the limit goes alone', async () => {
  const budget = new ByteBudget(10);
  const small = await budget.take(1, never);
  const large = budget.take(100, never);
  expect(await isSettled(large)).toBe(false);
  small();
  const release = await large;
  const next = budget.take(1, never);
  expect(await isSettled(next)).toBe(false);
  release();
  await next;
});

test('a large one is not overtaken for ever by small ones', async () => {
  const budget = new ByteBudget(10);
  const first = await budget.take(5, never);
  const large = budget.take(8, never);
  const small = budget.take(2, never);
  expect(await isSettled(small)).toBe(false);
  first();
  await large;
  expect(await isSettled(small)).toBe(true);
});

test('who is stopped while it waits holds nothing, and lets those behind it through', async () => {
  const budget = new ByteBudget(10);
  const first = await budget.take(5, never);
  const stop = new AbortController();
  const large = budget.take(8, stop.signal);
  const small = budget.take(2, never);
  stop.abort(new Error('stopped'));
  await expect(large).rejects.toThrow('stopped');
  await small;
  first();
  await budget.take(8, never);
});

test('parts are equal, no smaller than asked for, and never more than 10,000', () => {
  expect(partSizeOf(17 * MIB, 8 * MIB)).toBe(8 * MIB);
  expect(partSizeOf(17 * MIB, 1 * MIB)).toBe(5 * MIB);
  for (const sizeBytes of [80_000 * MIB, 80_000 * MIB + 1, 5 * 1024 ** 4]) {
    const partBytes = partSizeOf(sizeBytes, 8 * MIB);
    expect(Math.ceil(sizeBytes / partBytes)).toBeLessThanOrEqual(MAX_PARTS);
    expect(partBytes % MIB).toBe(0);
  }
  expect(partSizeOf(5 * 1024 ** 4, 8 * MIB)).toBe(525 * MIB);
});
