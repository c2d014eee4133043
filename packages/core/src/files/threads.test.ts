import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runInThread, type ThreadJob, threadJob } from './threads.js';

const double: ThreadJob<number, number> = threadJob('double', '() => (number) => number * 2');

test('a job runs in another thread, and its answers belong to their calls', async () => {
  const where: ThreadJob<null, boolean> = threadJob(
    'where',
    "(require) => () => require('node:worker_threads').isMainThread",
  );
  expect(await runInThread(where, null)).toBe(false);
  const numbers = Array.from({ length: 100 }, (_, index) => index);
  expect(await Promise.all(numbers.map((number) => runInThread(double, number)))).toEqual(
    numbers.map((number) => number * 2),
  );
});

test('a job keeps what it has made when it was first needed', async () => {
  const counting: ThreadJob<null, number> = threadJob('counting', '() => { let count = 0; return () => ++count; }');
  const counts: number[] = [];
  for (let call = 0; call < 20; call++) counts.push(await runInThread(counting, null));
  expect(Math.max(...counts)).toBeGreaterThan(1);
});

test('what a job throws comes out of its call, and the thread goes on', async () => {
  const failing: ThreadJob<string, never> = threadJob('failing', '() => (why) => { throw new TypeError(why); }');
  await expect(runInThread(failing, 'because')).rejects.toThrow(new TypeError('because'));
  const odd: ThreadJob<null, never> = threadJob('odd', "() => () => { throw 'a string'; }");
  await expect(runInThread(odd, null)).rejects.toThrow('a string');
  await expect(runInThread(threadJob<null, never>('nonsense', '((('), null)).rejects.toThrow(SyntaxError);
  expect(await runInThread(double, 21)).toBe(42);
});

test('a thread that ends takes its own job with it, and no other', async () => {
  const ending: ThreadJob<null, never> = threadJob('ending', '() => () => process.exit(3)');
  const others = Promise.all([1, 2, 3, 4, 5, 6].map((number) => runInThread(double, number)));
  await expect(runInThread(ending, null)).rejects.toThrow('has ended');
  expect(await others).toEqual([2, 4, 6, 8, 10, 12]);
  expect(await runInThread(double, 4)).toBe(8);
});

test('urgent jobs go before those that wait', async () => {
  const sleep: ThreadJob<number, null> = threadJob(
    'sleep',
    '() => (ms) => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms); return null; }',
  );
  const order: string[] = [];
  const noted = (name: string, work: Promise<unknown>): Promise<unknown> => work.then(() => order.push(name));
  // More than there are threads, so that they are all busy when the others come.
  const busy = Array.from({ length: 4 }, () => runInThread(sleep, 150));
  const late = Array.from({ length: 4 }, (_, index) => noted(`late ${index}`, runInThread(sleep, 30)));
  const urgent = noted('urgent', runInThread(sleep, 0, { urgent: true }));
  await Promise.all([...busy, ...late, urgent]);
  expect(order[0]).toBe('urgent');
});

test('memory that is shared is written by the thread in place', async () => {
  const fill: ThreadJob<SharedArrayBuffer, null> = threadJob(
    'fill',
    '() => (memory) => { new Uint8Array(memory).fill(7); return null; }',
  );
  const memory = new SharedArrayBuffer(3);
  await runInThread(fill, memory);
  expect([...new Uint8Array(memory)]).toEqual([7, 7, 7]);
});

test('a descriptor that a job leaves open is the process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-threads-'));
  const opening: ThreadJob<string, number> = threadJob(
    'opening',
    "(require) => (path) => require('node:fs').openSync(path, 'w')",
  );
  const path = join(folder, 'file');
  const descriptor = await runInThread(opening, path);
  // The thread that opened it is made to end; others may take these.
  const ending: ThreadJob<null, never> = threadJob('ending', '() => () => process.exit(0)');
  for (let thread = 0; thread < 4; thread++) await runInThread(ending, null).catch(() => undefined);
  writeSync(descriptor, 'still open');
  closeSync(descriptor);
  expect(readFileSync(path, 'utf8')).toBe('still open');
  closeSync(openSync(path, 'r'));
  rmSync(folder, { recursive: true });
});
