import { describe, expect, it } from 'vitest';
import { relativeFormula, shiftedFormula } from './references.js';

const from = { row: 0, column: 1 };

describe('a formula that another cell shares', () => {
  for (const [formula, row, column, shifted] of [
    ['A1*2', 4, 1, 'A5*2'],
    ['A1*2', 0, 3, 'C1*2'],
    ['$A1+A$1+$A$1', 2, 2, '$A3+B$1+$A$1'],
    ['SUM(A1:C9)', 1, 1, 'SUM(A2:C10)'],
    ['SUM(A:A)+SUM($A:B)', 0, 2, 'SUM(B:B)+SUM($A:C)'],
    ['SUM(1:1)+SUM($2:3)', 2, 1, 'SUM(3:3)+SUM($2:5)'],
    ['"A1"&A1&"say ""B1"""', 1, 1, '"A1"&A2&"say ""B1"""'],
    ["'A1 B2'!C3+Q1!A1+Sheet1!B2", 1, 1, "'A1 B2'!C4+Q1!A2+Sheet1!B3"],
    ['LOG10(A1)+ATAN2(B1,C1)+TAX_A1+A1B', 1, 1, 'LOG10(A2)+ATAN2(B2,C2)+TAX_A1+A1B'],
    ['XFD1048576+ZZZ1', 1, 2, 'A1+ZZZ1'],
    ['A1', 0, 0, 'XFD1'],
  ] as const) {
    it(`${formula} of B1, seen from row ${row + 1}, column ${column + 1}`, () => {
      expect(shiftedFormula(formula, from, { row, column })).toBe(shifted);
    });
  }

  it('is the same as seen from its cell, wherever it was copied to', () => {
    const formula = 'SUM(A1:A9)*$B$2+C:C&"A1"';
    const there = { row: 70, column: 20 };
    const copied = shiftedFormula(formula, from, there);
    expect(relativeFormula(copied, there)).toBe(relativeFormula(formula, from));
    expect(relativeFormula(copied, from)).not.toBe(relativeFormula(formula, from));
  });

  it('of any length is gone through once', () => {
    for (const long of ['A', '"', "'", '$', '1:', 'A1:', '.', '_']) {
      const formula = long.repeat(200_000);
      expect(typeof relativeFormula(formula, from)).toBe('string');
    }
  });
});
