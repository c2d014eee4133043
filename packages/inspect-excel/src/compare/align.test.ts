import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignSequences, type Hunk } from './align.js';

/** What lies between the hunks, pair by pair. */
function equalPairs(before: readonly number[], after: readonly number[], hunks: readonly Hunk[]): [number, number][] {
  const pairs: [number, number][] = [];
  let a = 0;
  let b = 0;
  const end = { fromBefore: before.length, toBefore: before.length, fromAfter: after.length, toAfter: after.length };
  for (const hunk of [...hunks, end]) {
    while (a < hunk.fromBefore) pairs.push([a++, b++]);
    expect(b).toBe(hunk.fromAfter);
    a = hunk.toBefore;
    b = hunk.toAfter;
  }
  return pairs;
}

const few = fc.array(fc.nat({ max: 6 }), { maxLength: 30 });

describe('two sequences', () => {
  it('are equal wherever no hunk is', () => {
    fc.assert(
      fc.property(few, few, (before, after) => {
        const { hunks } = alignSequences({ before, after });
        for (const [a, b] of equalPairs(before, after, hunks)) expect(before[a]).toBe(after[b]);
      }),
    );
  });

  it('keep as much as can be kept, where they are small', () => {
    fc.assert(
      fc.property(few, few, (before, after) => {
        const table = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
        for (let i = 1; i <= before.length; i += 1) {
          for (let j = 1; j <= after.length; j += 1) {
            const kept = before[i - 1] === after[j - 1] ? (table[i - 1]?.[j - 1] ?? 0) + 1 : 0;
            (table[i] ?? [])[j] = Math.max(kept, table[i - 1]?.[j] ?? 0, table[i]?.[j - 1] ?? 0);
          }
        }
        const { hunks, isRough } = alignSequences({ before, after });
        expect(equalPairs(before, after, hunks)).toHaveLength(table[before.length]?.[after.length] ?? 0);
        expect(isRough).toBe(false);
      }),
    );
  });

  it('of a hundred thousand rows show just what was inserted, removed and changed', () => {
    const before = Array.from({ length: 100_000 }, (_, index) => index);
    const after = [...before.slice(0, 10), -1, ...before.slice(10, 50_000), ...before.slice(50_003), -2, -3];
    after[70_000] = -4;
    expect(alignSequences({ before, after })).toEqual({
      hunks: [
        { fromBefore: 10, toBefore: 10, fromAfter: 10, toAfter: 11 },
        { fromBefore: 50_000, toBefore: 50_003, fromAfter: 50_001, toAfter: 50_001 },
        { fromBefore: 70_002, toBefore: 70_003, fromAfter: 70_000, toAfter: 70_001 },
        { fromBefore: 100_000, toBefore: 100_000, fromAfter: 99_998, toAfter: 100_000 },
      ],
      isRough: false,
    });
  });

  it('without a landmark are too many ways to try, which is said', () => {
    const before = Array.from({ length: 5000 }, (_, index) => index % 7);
    const after = Array.from({ length: 5000 }, (_, index) => (index * 3 + 1) % 7);
    expect(alignSequences({ before, after }).isRough).toBe(true);
  });
});
