import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinSorted } from './join-sorted.js';

interface Item {
  readonly key: Uint8Array;
  readonly side: string;
}

async function* stream(keys: readonly string[], side: string, ended: string[]): AsyncGenerator<Item> {
  try {
    for (const key of keys) yield { key: Buffer.from(key), side };
  } finally {
    ended.push(side);
  }
}

const sorted = fc
  .uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', '/', '-'), maxLength: 3 }), { maxLength: 12 })
  .map((keys) => keys.sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))));

it('gives each key once, in order, with what both sides have under it', async () => {
  await fc.assert(
    fc.asyncProperty(sorted, sorted, async (left, right) => {
      const told: string[] = [];
      for await (const pair of joinSorted(stream(left, 'left', []), stream(right, 'right', []))) {
        const key = Buffer.from((pair.left ?? pair.right).key).toString();
        told.push(`${key} ${pair.left !== undefined} ${pair.right !== undefined}`);
      }
      const all = [...new Set([...left, ...right])].sort((one, other) =>
        Buffer.compare(Buffer.from(one), Buffer.from(other)),
      );
      expect(told).toEqual(all.map((key) => `${key} ${left.includes(key)} ${right.includes(key)}`));
    }),
  );
});

it('ends both streams when its reader leaves', async () => {
  const ended: string[] = [];
  for await (const _ of joinSorted(stream(['a', 'b'], 'left', ended), stream(['a', 'c'], 'right', ended))) break;
  expect(ended.sort()).toEqual(['left', 'right']);
});
