import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FileSample } from './verify-sample.js';

const taken = (part: number, files: number, random?: () => number): number[] => {
  const sample = new FileSample(part, files, random);
  return Array.from({ length: files }, (_, index) => index).filter(() => sample.takesNext());
};

test('a sample holds about its part of the files, at least one, and all of them at 100 %', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1, noNaN: true }), fc.integer({ min: 1, max: 3000 }), (part, files) => {
      const count = taken(part, files).length;
      expect(count).toBeGreaterThanOrEqual(1);
      expect(count).toBeLessThanOrEqual(Math.ceil(part * files) + 1);
      if (part <= 0.5) expect(count).toBeGreaterThanOrEqual(Math.floor((part * files) / 2));
    }),
  );
  expect(taken(1, 50)).toHaveLength(50);
});

test('a sample is any of the files: the first and the last of a stretch too', () => {
  expect(taken(0.1, 100, () => 0)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
  expect(taken(0.1, 100, () => 0.9999)).toEqual([9, 19, 29, 39, 49, 59, 69, 79, 89, 99]);
  const seen = new Set(Array.from({ length: 400 }, () => taken(0.1, 10)).flat());
  expect(seen.size).toBe(10);
});
