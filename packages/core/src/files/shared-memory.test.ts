import { expect, test } from 'vitest';
import { sharedMemoryOf } from './shared-memory.js';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

function pieces({ memory, starts }: ReturnType<typeof sharedMemoryOf>): Uint8Array[] {
  return starts.slice(1).map((end, index) => new Uint8Array(memory).slice(starts[index], end));
}

test('pieces of any memory are copied to one that threads share', () => {
  const whole = bytes(9, 1, 2, 3, 9);
  const given = [whole.subarray(1, 3), bytes(), bytes(7), whole.subarray(3, 4)];
  const shared = sharedMemoryOf(given);
  expect(pieces(shared)).toEqual(given);
  expect(shared.memory.byteLength).toBe(4);
});

test('pieces that lie in one shared memory, one behind the other, are not copied', () => {
  const memory = new SharedArrayBuffer(8);
  const given = [new Uint8Array(memory, 2, 3), new Uint8Array(memory, 5, 0), new Uint8Array(memory, 5, 2)];
  given[0]?.set([1, 2, 3]);
  const shared = sharedMemoryOf(given);
  expect(shared.memory).toBe(memory);
  expect(pieces(shared).map((piece) => [...piece])).toEqual([[1, 2, 3], [], [0, 0]]);
});

test('pieces of one shared memory with a gap, or out of order, are copied', () => {
  const memory = new SharedArrayBuffer(8);
  new Uint8Array(memory).set([0, 1, 2, 3, 4, 5, 6, 7]);
  for (const given of [
    [new Uint8Array(memory, 0, 2), new Uint8Array(memory, 3, 2)],
    [new Uint8Array(memory, 4, 2), new Uint8Array(memory, 0, 2)],
  ]) {
    expect(pieces(sharedMemoryOf(given)).map((piece) => [...piece])).toEqual(given.map((piece) => [...piece]));
  }
});

test('no pieces need no memory', () => {
  expect(sharedMemoryOf([])).toMatchObject({ starts: [0] });
});
