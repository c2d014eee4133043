import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dataRuns } from './data-runs.js';

/** Stretches of zeros and of others, some of whole blocks, some not. */
const stretches = fc.array(
  fc.record({ bytes: fc.oneof(fc.constant(4096), fc.nat(9000)), fill: fc.constantFrom(0, 0, 7) }),
  { maxLength: 8 },
);

it('what is written of the pieces, into a file of zeros, is the file, wherever the pieces are cut', () => {
  fc.assert(
    fc.property(stretches, fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1 }), (parts, cuts) => {
      const whole = Buffer.concat(parts.map(({ bytes, fill }) => Buffer.alloc(bytes, fill)));
      const file = Buffer.alloc(whole.length);
      for (let position = 0, turn = 0; position < whole.length; turn += 1) {
        const piece = whole.subarray(position, position + (cuts[turn % cuts.length] ?? 1));
        for (const { start, end } of dataRuns(piece, position)) {
          expect(end).toBeGreaterThan(start);
          piece.copy(file, position + start, start, end);
        }
        position += piece.length;
      }
      expect(file.equals(whole)).toBe(true);
    }),
  );
});

it('a block of zeros is left out, also one that is cut in two; one with a single other byte is not', () => {
  const runs = (bytes: Buffer, position = 0): [number, number][] =>
    [...dataRuns(bytes, position)].map(({ start, end }) => [start, end]);
  expect(runs(Buffer.alloc(20_000))).toEqual([]);
  expect(runs(Buffer.alloc(100), 4050)).toEqual([]);
  // Blocks are those of the file, not of the piece.
  expect(runs(Buffer.concat([Buffer.alloc(96, 1), Buffer.alloc(4096), Buffer.alloc(10, 1)]), 4000)).toEqual([
    [0, 96],
    [96 + 4096, 96 + 4096 + 10],
  ]);
  const data = Buffer.alloc(4096 * 5);
  data[4096 * 2 - 1] = 1;
  data[4096 * 2] = 1;
  expect(runs(data)).toEqual([[4096, 4096 * 3]]);
  expect(runs(Buffer.concat([Buffer.alloc(4096), Buffer.from('x')]))).toEqual([[4096, 4097]]);
});
