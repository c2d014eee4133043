import { expect, test } from 'vitest';
import { countText, durationText, fileTimeText, numberText, recordedTimeText, sizeText } from './quantities.js';

test('a size has three digits at most and the unit of 1,024 that fits it', () => {
  const sizes = [0, 817, 999, 1000, 1024, 1536, 10_188, 10_240, 1_048_576, 5 * 1024 ** 3, 1024 ** 6];
  expect(sizes.map(sizeText)).toEqual([
    '0 B',
    '817 B',
    '999 B',
    '1.0 KiB',
    '1.0 KiB',
    '1.5 KiB',
    '9.9 KiB',
    '10 KiB',
    '1.0 MiB',
    '5.0 GiB',
    '1024 PiB',
  ]);
});

test('what is counted stands in the singular only for one', () => {
  expect([0, 1, 2, 1234567].map((count) => countText(count, 'file'))).toEqual([
    '0 files',
    '1 file',
    '2 files',
    '1,234,567 files',
  ]);
  expect(countText(2, 'entry', 'entries')).toBe('2 entries');
  expect([999, 1000, 100000].map(numberText)).toEqual(['999', '1,000', '100,000']);
});

test('a duration is as exact as it is worth', () => {
  expect([0, 35, 400, 9949, 59_400, 61_000, 3_600_000, 7_500_000].map(durationText)).toEqual([
    '0 ms',
    '35 ms',
    '0.4 s',
    '9.9 s',
    '59 s',
    '1 min 1 s',
    '1 h 0 min',
    '2 h 5 min',
  ]);
});

test('a recorded time is shown as the clock stood where it was recorded', () => {
  expect(recordedTimeText('2026-11-23T08:23:08.123+01:00')).toBe('2026-11-23 08:23:08');
});

test('a time that is no date is said to be none', () => {
  expect(fileTimeText(10n ** 30n)).toBe('no such date');
});
