import { describe, expect, it } from 'vitest';
import { isoOfSerial } from './serial-date.js';

describe('the day of a number', () => {
  it('in the system of 1900 is one too late from March on, for 1900 has a day that never was', () => {
    const days = [0, 1, 59, 60, 61, 45_351, 2_958_465].map((serial) => isoOfSerial(serial, 'date', 1900));
    expect(days).toEqual([
      '1899-12-31',
      '1900-01-01',
      '1900-02-28',
      '1900-02-29',
      '1900-03-01',
      '2024-02-29',
      '9999-12-31',
    ]);
  });

  it('in the system of 1904 is counted from the first of January', () => {
    const days = [0, 59, 60, 43_889, 2_957_003].map((serial) => isoOfSerial(serial, 'date', 1904));
    expect(days).toEqual(['1904-01-01', '1904-02-29', '1904-03-01', '2024-02-29', '9999-12-31']);
  });

  it('is none before the first and after the last', () => {
    for (const serial of [-1, -0.5, 2_958_466, 1e300, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(isoOfSerial(serial, 'dateTime', 1900)).toBeUndefined();
    }
    expect(isoOfSerial(2_957_004, 'date', 1904)).toBeUndefined();
  });

  it('is written with all that is stored, whatever the format shows of it', () => {
    expect(isoOfSerial(45_351.5, 'date', 1900)).toBe('2024-02-29T12:00:00');
    expect(isoOfSerial(45_351, 'dateTime', 1900)).toBe('2024-02-29T00:00:00');
    expect(isoOfSerial(45_351.354_340_277_78, 'dateTime', 1900)).toBe('2024-02-29T08:30:15');
    expect(isoOfSerial(45_351.999_999_999_99, 'date', 1900)).toBe('2024-03-01');
    expect(isoOfSerial(0.354_166_666_666_666_7, 'time', 1900)).toBe('08:30:00');
    expect(isoOfSerial(1.5, 'time', 1900)).toBe('1900-01-01T12:00:00');
    expect(isoOfSerial(0.000_002_893_518_518_52, 'time', 1900)).toBe('00:00:00.250');
  });

  it('a duration may be longer than a day, and less than nothing', () => {
    expect(isoOfSerial(1.104_166_666_666_666_7, 'duration', 1900)).toBe('26:30:00');
    expect(isoOfSerial(-0.062_5, 'duration', 1904)).toBe('-01:30:00');
    expect(isoOfSerial(500, 'duration', 1900)).toBe('12000:00:00');
  });
});
