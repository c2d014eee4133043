import { expect, test } from 'vitest';
import { bytesSource, type ObjectSource, piecesOf } from './index.js';

const PLACE = { url: 'memory:', key: 'r/a' };

async function all(source: ObjectSource, signal?: AbortSignal): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of piecesOf(source, { ...PLACE, signal })) pieces.push(piece);
  return pieces;
}

test('a source is given as it is, without its empty pieces', async () => {
  const source: ObjectSource = {
    sizeBytes: 3,
    async *open() {
      yield new Uint8Array([1]);
      yield new Uint8Array(0);
      yield new Uint8Array([2, 3]);
    },
  };
  expect(await all(source)).toEqual([new Uint8Array([1]), new Uint8Array([2, 3])]);
  expect(await all(bytesSource(new Uint8Array(0)))).toEqual([]);
});

test.each([2, 4])('three bytes of announced %d are a SIZE_MISMATCH', async (sizeBytes) => {
  const source = { ...bytesSource(new Uint8Array(3)), sizeBytes };
  await expect(all(source)).rejects.toMatchObject({ code: 'SIZE_MISMATCH', ...PLACE, operation: 'put' });
});

test('a source that is left early is closed, and an error in closing does not hide the reason', async () => {
  let closed = 0;
  const source: ObjectSource = {
    sizeBytes: 1,
    open: () => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: new Uint8Array(2) }),
        return: async () => {
          closed += 1;
          throw new Error('cannot be closed');
        },
      }),
    }),
  };
  await expect(all(source)).rejects.toMatchObject({ code: 'SIZE_MISMATCH' });
  expect(closed).toBe(1);
});

test('a source that throws is not closed a second time, and its error is the same object', async () => {
  const fault = new Error('read error');
  let closed = 0;
  const source: ObjectSource = {
    sizeBytes: 1,
    open: () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(fault),
        return: async () => {
          closed += 1;
          return { done: true, value: undefined };
        },
      }),
    }),
  };
  await expect(all(source)).rejects.toBe(fault);
  expect(closed).toBe(0);
});

test('a signal ends the reading while the source hangs, and a source that hangs in closing too is let be', async () => {
  const stop = new AbortController();
  const never = new Promise<never>(() => {});
  const source: ObjectSource = {
    sizeBytes: 1,
    open: () => ({ [Symbol.asyncIterator]: () => ({ next: () => never, return: () => never }) }),
  };
  const reading = all(source, stop.signal);
  setImmediate(() => stop.abort('enough'));
  await expect(reading).rejects.toMatchObject({ code: 'ABORTED', ...PLACE, cause: 'enough' });
});

test('a signal that has fired already leaves the source closed', async () => {
  let openings = 0;
  const source: ObjectSource = {
    sizeBytes: 0,
    open() {
      openings += 1;
      return bytesSource(new Uint8Array(0)).open();
    },
  };
  await expect(all(source, AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
  expect(openings).toBe(0);
});
