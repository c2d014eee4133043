import { expect, it } from 'vitest';
import { parseSize } from './size-word.js';

it.each<[string, number]>([
  ['0', 0],
  ['500', 500],
  ['500b', 500],
  ['10K', 10_240],
  ['10k', 10_240],
  ['10KiB', 10_240],
  ['10KB', 10_000],
  ['10kb', 10_000],
  ['10M', 10_485_760],
  ['1.5GiB', 1_610_612_736],
  ['1.5 GiB', 1_610_612_736],
  ['2GB', 2_000_000_000],
  ['1T', 1_099_511_627_776],
  ['0.3K', 307],
])('%s is %i bytes', (word, bytes) => {
  expect(parseSize('--exclude-larger-than', word)).toBe(bytes);
});

it.each(['', 'M', '-1', '1e3', '10X', '10Mi', '1,5G', '.5M', '9999999999T', '0x10', 'NaN', 'Infinity', '1 0'])(
  '"%s" is no size, and that is said',
  (word) => {
    expect(() => parseSize('--exclude-larger-than', word)).toThrow(
      `--exclude-larger-than takes a size, and "${word}" is none`,
    );
  },
);
