import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { syncPool } from './sync-pool.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-pool-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const descriptor = openSync(join(folder, String(index)), 'wx');
    writeSync(descriptor, 'x');
    return descriptor;
  });
}

function threadCount(): number {
  return readdirSync('/proc/self/task').length;
}

test('few descriptors are flushed without a thread of ours, and the bad one alone fails', async () => {
  const pool = syncPool();
  const descriptors = write(10);
  const before = process.platform === 'linux' ? threadCount() : 0;
  const results = await Promise.allSettled([...descriptors, 1_000_000].map((descriptor) => pool.sync(descriptor)));
  if (process.platform === 'linux') expect(threadCount() - before).toBeLessThanOrEqual(4);
  expect(results.slice(0, 10).every(({ status }) => status === 'fulfilled')).toBe(true);
  expect(results[10]).toMatchObject({ status: 'rejected', reason: { code: 'EBADF' } });
  await pool.close();
  for (const descriptor of descriptors) closeSync(descriptor);
});

test('many are flushed by threads; the bad ones alone fail, with the code of the system', async () => {
  const pool = syncPool();
  const descriptors = write(150);
  const wanted = descriptors.flatMap((descriptor, index) =>
    index % 50 === 25 ? [descriptor, 1_000_000 + index] : [descriptor],
  );
  const results = await Promise.allSettled(wanted.map((descriptor) => pool.sync(descriptor)));
  const failed = results.filter((result) => result.status === 'rejected');
  expect(failed.map(({ reason }) => reason.code)).toEqual(['EBADF', 'EBADF', 'EBADF']);
  await pool.close();
  for (const descriptor of descriptors) closeSync(descriptor);
});

test('it can be used again after it was closed', async () => {
  const pool = syncPool();
  const descriptors = write(100);
  await Promise.all(descriptors.map((descriptor) => pool.sync(descriptor)));
  await pool.close();
  await Promise.all(descriptors.map((descriptor) => pool.sync(descriptor)));
  await pool.close();
  for (const descriptor of descriptors) closeSync(descriptor);
});
