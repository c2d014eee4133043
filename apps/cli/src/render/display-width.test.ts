import { expect, test } from 'vitest';
import { displayWidth, padded, shortened } from './display-width.js';

test('wide characters take two columns, marks and joiners none', () => {
  expect(['abc', '山田', '🎉', 'e\u0301', 'ﬀ'].map(displayWidth)).toEqual([3, 4, 2, 1, 1]);
});

test('a long path is shortened in its middle, and never wider than asked', () => {
  expect(shortened('short', 10)).toBe('short');
  const path = 'data/a very long folder/another one/山田太郎_EMP003_0.npy';
  for (let columns = 4; columns < 60; columns++)
    expect(displayWidth(shortened(path, columns))).toBeLessThanOrEqual(columns);
  expect(shortened(path, 30)).toMatch(/^data.*….*EMP003_0\.npy$/);
  expect(shortened(path, 3)).toBe('');
});

test('padding counts columns, not characters', () => {
  expect(padded('山', 4)).toBe('山  ');
  expect(padded('7', 3, 'right')).toBe('  7');
});
