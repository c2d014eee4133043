import { expect, it } from 'vitest';
import { parseTime } from './time-word.js';

it.each<[string, number]>([
  ['90', 90_000],
  ['90s', 90_000],
  ['0.5s', 500],
  ['10m', 600_000],
  ['1.5h', 5_400_000],
  ['2 h', 7_200_000],
])('%s is %i ms', (word, milliseconds) => {
  expect(parseTime('--timeout', word)).toBe(milliseconds);
});

it.each(['', '0', '-1', '1d', 'm', '1e3', '10 000', '1,5h', '600h', 'NaN', 'Infinity'])(
  '"%s" is no time, and that is said',
  (word) => {
    expect(() => parseTime('--timeout', word)).toThrow(`--timeout takes a time, and "${word}" is none`);
  },
);
