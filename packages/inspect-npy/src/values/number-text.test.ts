import { expect, test } from 'vitest';
import type { ScalarType } from '../header/element-type.js';
import { float16Table } from './float16.js';
import { numberText } from './number-text.js';

const float = (itemBytes: number): ScalarType => ({
  type: 'scalar',
  kind: 'float',
  itemBytes,
  bigEndian: false,
  name: `float${itemBytes * 8}`,
});

test('every number of 16 bits has a text of its own, of at most five digits', () => {
  const half = float(2);
  const texts = new Set<string>();
  for (const value of float16Table()) {
    const text = numberText(value, half);
    texts.add(text);
    expect(text.replace(/^-?0*\.?0*|e.*$|\D/g, '').length).toBeLessThanOrEqual(5);
  }
  // All that are no NaN: 2^16 without the two times 1023 fractions that mean it.
  expect(texts.size).toBe(65_536 - 2 * 1023 + 1);
});

test('a number of 32 bits is written as short as it can be read back', () => {
  const single = float(4);
  for (const [value, text] of [
    [0.1, '0.1'],
    [1 / 3, '0.33333334'],
    [16_777_216, '16777216'],
    [3.4028234663852886e38, '3.4028235e+38'],
    [1.401298464324817e-45, '1e-45'],
    [-0, '-0'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
    [Number.NaN, 'nan'],
  ] as const)
    expect(numberText(Math.fround(value), single)).toBe(text);
});
