import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SortedLines } from './sorted-lines.js';

describe('sorted lines', () => {
  it('come in the order of their keys, equal keys in the order in which they came, however little is held', async () => {
    const item = fc.record({
      key: fc.uint8Array({ maxLength: 4 }),
      line: fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' ')),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(item), fc.constantFrom(1, 30, 10_000), async (items, runBytes) => {
        const lines = new SortedLines(runBytes);
        try {
          for (const one of items) await lines.add(one);
          expect(lines.count).toBe(items.length);
          const expected = [...items].sort((left, right) => Buffer.compare(left.key, right.key));
          for (let reading = 0; reading < 2; reading += 1) {
            const got: { key: Uint8Array; line: string }[] = [];
            for await (const { key, line } of lines.sorted()) got.push({ key: Uint8Array.from(key), line });
            expect(got).toEqual(expected.map(({ key, line }) => ({ key: Uint8Array.from(key), line })));
          }
        } finally {
          await lines.close();
        }
      }),
      { numRuns: 50 },
    );
  });
});
