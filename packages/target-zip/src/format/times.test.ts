import { expect, test } from 'vitest';
import { dosDateTime, fitsExtendedTime, wholeSeconds } from './times.js';

function readBack({ date, time }: { date: number; time: number }): string {
  const parts = [(date >> 9) + 1980, (date >> 5) & 15, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2];
  return parts.map((part) => String(part).padStart(2, '0')).join(' ');
}

test('a DOS time is local time, rounded down to two seconds', () => {
  expect(readBack(dosDateTime(new Date(2026, 10, 23, 17, 59, 59, 999).getTime()))).toBe('2026 11 23 17 59 58');
  expect(readBack(dosDateTime(new Date(1980, 0, 1, 0, 0, 0).getTime()))).toBe('1980 01 01 00 00 00');
  expect(readBack(dosDateTime(new Date(2107, 11, 31, 23, 59, 59).getTime()))).toBe('2107 12 31 23 59 58');
});

test('a time that DOS does not know becomes the nearest that it knows', () => {
  expect(readBack(dosDateTime(new Date(1979, 11, 31, 23, 59, 59).getTime()))).toBe('1980 01 01 00 00 00');
  expect(readBack(dosDateTime(Date.UTC(1900, 0, 1)))).toBe('1980 01 01 00 00 00');
  expect(readBack(dosDateTime(new Date(2108, 0, 1).getTime()))).toBe('2107 12 31 23 59 58');
  expect(readBack(dosDateTime(1e18))).toBe('2107 12 31 23 59 58');
});

test('nanoseconds become whole seconds, rounded down before 1970 too', () => {
  expect(wholeSeconds(1_999_999_999n)).toBe(1);
  expect(wholeSeconds(0n)).toBe(0);
  expect(wholeSeconds(-1n)).toBe(-1);
  expect(wholeSeconds(-1_000_000_000n)).toBe(-1);
  expect(wholeSeconds(-1_000_000_001n)).toBe(-2);
});

test('the extended time has 32 bits with a sign', () => {
  expect([-(2 ** 31) - 1, -(2 ** 31), 2 ** 31 - 1, 2 ** 31].map(fitsExtendedTime)).toEqual([false, true, true, false]);
});
