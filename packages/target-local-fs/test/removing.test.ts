import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { keysOf, snapshot, testStore } from './store.js';

test('a root is there as a whole until it is gone: it is renamed away before the first thing in it is removed', async () => {
  const store = testStore();
  await snapshot(await store.open(), 'r', { a: '1', 'b/c': '2' });
  const seen: string[] = [];
  const target = await store.open({
    onStep: ({ kind }) => void seen.push(`${kind} ${existsSync(store.at('r')) ? 'there' : 'gone'}`),
  });
  await target.removeRoot('r', { record: 'r/record' });
  const [first, ...others] = seen.filter((step) => /^(rename|remove) /.test(step));
  expect(first).toBe('rename there');
  expect(new Set(others)).toEqual(new Set(['remove gone']));
  expect(await keysOf(target)).toEqual([]);
  expect(store.residue()).toEqual([]);
});

test('a root that two remove at once is gone for both', async () => {
  const store = testStore();
  for (let round = 0; round < 5; round += 1) {
    const [one, other] = [await store.open(), await store.open()];
    await snapshot(one, 'r', { a: 'a', 'b/c': 'c' });
    const removed = await Promise.all([one.removeRoot('r'), other.removeRoot('r')]);
    expect(removed.map(({ objects }) => objects)).toContain(3);
    expect(await keysOf(one)).toEqual([]);
  }
});
