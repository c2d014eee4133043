import { closeSync, futimesSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sameTime, secondsOf } from './time.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-time-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function storedNs(timeNs: bigint): bigint {
  const path = join(folder, 'file');
  writeFileSync(path, '');
  const descriptor = openSync(path, 'r+');
  futimesSync(descriptor, secondsOf(timeNs), secondsOf(timeNs));
  closeSync(descriptor);
  return statSync(path, { bigint: true }).mtimeNs;
}

/** Half a microsecond of a double's rounding is left until then. */
const YEAR_2106_NS = 2n ** 32n * 1_000_000_000n;

test('a time from 1970 to 2106 is stored less than a microsecond off', () => {
  const times = fc.bigInt({ min: 0n, max: YEAR_2106_NS });
  fc.assert(
    fc.property(times, (timeNs) => {
      const offNs = storedNs(timeNs) - timeNs;
      expect(offNs < 1000n && offNs > -1000n).toBe(true);
    }),
    { numRuns: 500, examples: [[1_700_000_000_123_456_789n], [1_700_000_000_999_999_999n], [999n], [0n]] },
  );
});

test('a time that was stored once is stored the same again: it does not drift from restore to restore', () => {
  const times = fc.bigInt({ min: 10n ** 18n, max: YEAR_2106_NS });
  fc.assert(
    fc.property(times, (timeNs) => {
      const once = storedNs(timeNs);
      expect(storedNs(once)).toBe(once);
    }),
    { numRuns: 500 },
  );
});

test('a time before 1970 is stored to its millisecond', () => {
  for (const timeNs of [-1_000_000n, -1_500_000_000n, -86_400_250_000_000n]) expect(storedNs(timeNs)).toBe(timeNs);
  expect(storedNs(-1n)).toBe(-1_000_000n);
});

test('times count as the same up to two microseconds, in both directions', () => {
  expect([2000n, -2000n, 0n].map((apart) => sameTime(5000n, 5000n + apart))).toEqual([true, true, true]);
  expect([2001n, -2001n].map((apart) => sameTime(5000n, 5000n + apart))).toEqual([false, false]);
});
