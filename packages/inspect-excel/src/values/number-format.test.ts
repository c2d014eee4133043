import { describe, expect, it } from 'vitest';
import { meaningOfBuiltIn, meaningOfFormat } from './number-format.js';

describe('what a number format means', () => {
  for (const [format, meaning] of [
    ['General', 'number'],
    ['0.00', 'number'],
    ['0.00E+00', 'number'],
    ['##0.0E+0', 'number'],
    ['#,##0 "days"', 'number'],
    ['0 \\d\\a\\y\\s', 'number'],
    ['[Red]0.00;[Blue]-0.00', 'number'],
    ['_-* #,##0.00 [$€-407]_-', 'number'],
    ['_(* #,##0_);_(* (#,##0);_(* "-"??_);_(@_)', 'number'],
    ['@', 'number'],
    ['# ?/?', 'number'],
    ['0;yyyy', 'number'],
    ['0.0 kg', 'number'],
    ['yyyy-mm-dd', 'date'],
    ['DD/MM/YYYY', 'date'],
    ['mmm yy', 'date'],
    ['mmmm', 'date'],
    ['[$-409]d-mmm-yy;@', 'date'],
    ['[$-F800]dddd, mmmm dd, yyyy', 'date'],
    ['yyyy"年"m"月"d"日"', 'date'],
    ['ggge"年"', 'date'],
    ['[Black]dd.mm.yyyy', 'date'],
    ['hh:mm', 'time'],
    ['h:mm AM/PM', 'time'],
    ['mm:ss.0', 'time'],
    ['hh:mm:ss.000', 'time'],
    ['yyyy-mm-dd hh:mm:ss.000', 'dateTime'],
    ['[$-F400]h:mm:ss AM/PM', 'time'],
    ['yyyy-mm-dd hh:mm:ss', 'dateTime'],
    ['m/d/yy h:mm', 'dateTime'],
    ['dd.mm. hh "Uhr"', 'dateTime'],
    ['[h]:mm', 'duration'],
    ['[hh]:mm:ss', 'duration'],
    ['[mm]:ss', 'duration'],
    ['[s]', 'duration'],
    ['d [h]:mm', 'duration'],
  ] as const) {
    it(`${format} is a ${meaning}`, () => expect(meaningOfFormat(format)).toBe(meaning));
  }

  it('that is a megabyte long is gone over once, whatever stands in it', () => {
    for (const piece of ['h', 'm', 's', 's.0', 'h.', 'm:', 'mm', '[h', '"', 'h m', '. '])
      expect(meaningOfFormat(piece.repeat(500_000))).toMatch(/^(?:number|date|time|dateTime)$/);
  });

  it('the built-in ones are those of the standard', () => {
    const meanings = [0, 4, 14, 17, 18, 21, 22, 45, 46, 47, 49, 164].map(meaningOfBuiltIn);
    expect(meanings.join(' ')).toBe('number number date date time time dateTime time duration time number number');
  });
});
