import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneAtATime, SortedCursor } from './sorted-cursor.js';

const sortedKeys = fc
  .uniqueArray(fc.string({ unit: fc.constantFrom('a', 'é', '\uff5e', '😀', '/'), maxLength: 4 }))
  .map((keys) => keys.map((key) => Buffer.from(key)).sort(Buffer.compare));

async function* given(keys: readonly Buffer[], batchLength: number): AsyncGenerator<readonly Buffer[]> {
  for (let start = 0; start < keys.length; start += batchLength) yield keys.slice(start, start + batchLength);
}

describe('a lookup in a sorted stream', () => {
  it('finds exactly what is there, for keys asked in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(sortedKeys, sortedKeys, fc.integer({ min: 1, max: 5 }), async (there, asked, batchLength) => {
        const cursor = new SortedCursor(given(there, batchLength), (key) => key);
        for (const key of asked) {
          const expected = there.some((other) => other.equals(key));
          expect((await cursor.find(key)) !== undefined).toBe(expected);
        }
        await cursor.close();
      }),
    );
  });

  it('closes the stream behind it', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        for (;;) yield Buffer.from('a');
      } finally {
        closed = true;
      }
    }
    const cursor = new SortedCursor(oneAtATime(endless()), (key) => key);
    await cursor.find(Buffer.from('a'));
    await cursor.close();
    expect(closed).toBe(true);
  });
});
