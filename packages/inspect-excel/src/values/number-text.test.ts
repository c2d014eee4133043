import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberText } from './number-text.js';

describe('a number of a workbook', () => {
  for (const [stored, text] of [
    ['1234567890123456', '1234567890123456'],
    ['12345678901234567890', '12345678901234567890'],
    ['-7', '-7'],
    ['0', '0'],
    ['0.10000000000000001', '0.1'],
    ['1.0', '1'],
    ['1E2', '100'],
    ['-1.5E-7', '-1.5e-7'],
    [' 5 ', '5'],
    ['1.797693134862316e+308', '1.797693134862316e+308'],
    ['INF', 'INF'],
    ['0x10', '0x10'],
    ['', ''],
  ] as const) {
    it(`${stored} is ${text}`, () => expect(numberText(stored)).toBe(text));
  }

  it('gives back every double that is written with all of its digits, but for the sign of 0', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(numberText(value.toExponential(17)))).toBe(value + 0);
      }),
    );
  });
});
