import { describe, expect, it } from 'vitest';
import { guarded } from './formula-guard.js';

describe('a text that a spreadsheet would run', () => {
  for (const text of [
    '=1+1',
    '=HYPERLINK("x")',
    '+49 30 123',
    '-',
    '--1',
    '-1+2',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '+',
    '-5 %',
    '-1e',
    '+a',
  ]) {
    it(`gets a leading ': ${JSON.stringify(text)}`, () => expect(guarded(text)).toBe(`'${text}`));
  }
  for (const text of [
    '-5',
    '+49301234',
    '-1,234.5',
    '-.5',
    '+1e-7',
    '-1.5E+10',
    '',
    'a=1',
    "'=1",
    ' =1',
    '1-2',
    '007',
  ]) {
    it(`and this does not: ${JSON.stringify(text)}`, () => expect(guarded(text)).toBe(text));
  }
});
