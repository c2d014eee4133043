import assert from 'node:assert/strict';
import { type Topic, topic } from '../case.js';
import { digestOf, patternSource } from '../sources.js';
import { assertFails, assertHolds, bytesOf, drain, largestBytes, RECORD_KEY, store, textOf } from '../steps.js';

const SIZE_BYTES = 300_000;

export const reading: Topic = topic('reading: a get never lies');

reading.always('a missing key is NOT_FOUND, never an empty stream', async ({ target }) => {
  await store(target, { 'r/a': 'a', 'r/folder/b': 'b' });
  for (const key of ['r/absent', 'absent', 'r/a/below', 'r/folder', 'r', 'r/fold', 'r/folder/b.']) {
    await assertFails(target, 'NOT_FOUND', () => drain(target.get(key)), { operation: 'get', key });
  }
});

reading.always('stat tells the size, and is undefined for what is absent', async ({ target }) => {
  await store(target, { 'r/a': 'four', 'r/folder/b': '' });
  const { digest: _, ...info } = (await target.stat('r/a')) ?? {};
  assert.deepEqual(info, { key: 'r/a', type: 'file', sizeBytes: 4 });
  assert.equal((await target.stat('r/folder/b'))?.sizeBytes, 0);
  for (const key of ['r/absent', 'absent', 'r/a/below', 'r/folder', 'r', 'r/fold']) {
    assert.equal(await target.stat(key), undefined, key);
  }
});

reading.always(
  'a stat tells when an object came only if it is asked, and a later one is never older',
  async ({ target }) => {
    const { ownObjects } = target.capabilities;
    const keys = ownObjects === true ? ['.holdfast/one', '.holdfast/two'] : [];
    const times: number[] = [];
    for (const key of keys) {
      const batch = await target.begin();
      await batch.commit({ key, body: Buffer.from(key) });
      assert.equal((await target.stat(key))?.storedAtMs, undefined);
      const storedAtMs = (await target.stat(key, { storedAt: true }))?.storedAtMs;
      if (storedAtMs !== undefined) times.push(storedAtMs);
      // Some stores tell whole seconds, rounded any way.
      assert.ok(storedAtMs === undefined || Number.isFinite(storedAtMs));
    }
    const [first = 0, second = 0] = times;
    assert.ok(second >= first, `the later one came at ${second}, the earlier one at ${first}`);
  },
);

const INSIDE = [
  [0, 1],
  [0, SIZE_BYTES],
  [1, 2],
  [SIZE_BYTES - 1, 1],
  [65_535, 2],
  [262_143, 20_000],
  [12_345, 200_000],
] as const;

reading.when(
  ({ capabilities }) => capabilities.rangeRead,
  'a range inside the object gives exactly its bytes, from the first to the last one',
  async ({ target }) => {
    await store(target, { 'r/a': patternSource(SIZE_BYTES) });
    const whole = await bytesOf(target, 'r/a');
    for (const [offset, length] of INSIDE) {
      const part = await bytesOf(target, 'r/a', { range: { offset, length } });
      assert.equal(part.byteLength, length, `length of ${offset}+${length}`);
      assert.ok(part.equals(whole.subarray(offset, offset + length)), `bytes of ${offset}+${length}`);
    }
  },
);

reading.when(
  ({ capabilities }) => capabilities.rangeRead,
  'a range past the end, empty or before the start is INVALID_RANGE, never short data',
  async ({ target }) => {
    await store(target, { 'r/a': patternSource(1000), 'r/empty': '' });
    const outside = [
      [999, 2],
      [1000, 1],
      [0, 1001],
      [5000, 10],
      [0, 0],
      [1000, 0],
      [-1, 10],
      [10, -5],
      [0.5, 10],
      [0, Number.POSITIVE_INFINITY],
      [0, Number.NaN],
    ] as const;
    for (const [offset, length] of outside) {
      const read = (): Promise<unknown> => bytesOf(target, 'r/a', { range: { offset, length } });
      await assertFails(target, 'INVALID_RANGE', read, { operation: 'get', key: 'r/a' });
    }
    await assertFails(target, 'INVALID_RANGE', () => bytesOf(target, 'r/empty', { range: { offset: 0, length: 1 } }));
  },
);

reading.when(
  ({ capabilities }) => capabilities.rangeRead,
  'a range of a missing key is NOT_FOUND',
  async ({ target }) => {
    await store(target, {});
    await assertFails(target, 'NOT_FOUND', () => bytesOf(target, 'r/absent', { range: { offset: 0, length: 1 } }));
  },
);

reading.when(
  ({ capabilities }) => !capabilities.rangeRead,
  'where no range can be read, asking for one is UNSUPPORTED, also of a missing key',
  async ({ target }) => {
    await store(target, { 'r/a': 'four' });
    for (const key of ['r/a', 'r/absent']) {
      const read = (): Promise<unknown> => bytesOf(target, key, { range: { offset: 0, length: 1 } });
      await assertFails(target, 'UNSUPPORTED', read, { operation: 'get', key });
    }
    assert.equal(await textOf(target, 'r/a'), 'four');
  },
);

reading.always('an object can be read many times at once, and by readers who stop early', async ({ target }) => {
  await store(target, { 'r/a': patternSource(SIZE_BYTES), 'r/b': patternSource(SIZE_BYTES, 2) });
  const stopEarly = async (key: string): Promise<void> => {
    for await (const piece of target.get(key)) {
      assert.ok(piece.byteLength > 0);
      break;
    }
  };
  const readers = Array.from({ length: 12 }, (_, index) =>
    index % 3 === 2
      ? stopEarly('r/a')
      : assertHolds(target, index % 3 === 0 ? 'r/a' : 'r/b', patternSource(SIZE_BYTES, (index % 3) + 1)),
  );
  await Promise.all(readers);
  for (let round = 0; round < 20; round += 1) await stopEarly('r/b');
  await assertHolds(target, 'r/b', patternSource(SIZE_BYTES, 2));
});

reading.always('what a reader does to the bytes it was given changes nothing in the store', async ({ target }) => {
  await store(target, { 'r/a': 'as it was' });
  for await (const piece of target.get('r/a')) piece.fill(0);
  assert.equal(await textOf(target, 'r/a'), 'as it was');
});

reading.always('a piece that a reader keeps is not written to again', async (context) => {
  const { target } = context;
  const whole = patternSource(largestBytes(context));
  await store(target, { 'r/a': whole });
  const kept: Uint8Array[] = [];
  for await (const piece of target.get('r/a')) kept.push(piece);
  const expected = await digestOf(whole.open());
  assert.deepEqual(await digestOf(each(kept)), expected);
});

async function* each(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

reading.always('the record is read like any object', async ({ target }) => {
  await store(target, {}, undefined, { key: RECORD_KEY, body: new Uint8Array([0, 255, 10, 13]) });
  assert.deepEqual([...(await bytesOf(target, RECORD_KEY))], [0, 255, 10, 13]);
});
