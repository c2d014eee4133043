import { numberText } from '../values/number-text.js';
import { asSaid } from '../values/said-kind.js';
import type { Cell } from '../workbook/workbook.js';
import { attributeOf } from '../xml/attributes.js';

/** What a cell holds, from its attributes (ODF 1.3, 19.385) and the text that stands in it. */
export function odsValue(attributes: string, text: string): Pick<Cell, 'kind' | 'text'> {
  if (attributeOf(attributes, 'calcext:value-type') === 'error') return asSaid('error', text);
  const value = (name: string): string => attributeOf(attributes, `office:${name}`) ?? '';
  switch (attributeOf(attributes, 'office:value-type')) {
    case 'float':
      // A boolean that came from another format, or from a comparison, is a number to LibreOffice: only what is shown tells.
      if (text === 'TRUE' || text === 'FALSE') return { kind: 'boolean', text };
      return asSaid('number', numberText(value('value')));
    case 'percentage':
    case 'currency':
      return asSaid('number', numberText(value('value')));
    case 'boolean':
      return { kind: 'boolean', text: value('boolean-value') === 'true' ? 'TRUE' : 'FALSE' };
    case 'date':
      return asSaid('date', withoutZeros(value('date-value')));
    case 'time':
      return asSaid('date', timeOf(value('time-value')));
    case undefined:
      return { kind: text === '' ? 'number' : 'text', text };
    default:
      return { kind: 'text', text: attributeOf(attributes, 'office:string-value') ?? text };
  }
}

/** `of:=SUM([.A1:.A9])` as `SUM(A1:A9)`, `[$Other.B1]` as `$Other.B1`. */
export function odsFormula(written: string): string {
  let formula = '';
  let rest = written.replace(/^(?:[a-z]+:)?=/, '');
  // By hand: on one that is nothing but brackets an expression would look for each one's end again.
  for (let begin = rest.indexOf('['); begin !== -1; begin = rest.indexOf('[')) {
    const end = rest.indexOf(']', begin);
    if (end === -1) break;
    formula += rest.slice(0, begin) + rest.slice(begin + 1, end).replace(/(^|:)\./g, '$1');
    rest = rest.slice(end + 1);
  }
  return formula + rest;
}

/** A fraction of a second without the zeros that LibreOffice fills it with. */
function withoutZeros(time: string): string {
  if (!/\.\d*$/.test(time)) return time;
  let end = time.length;
  while (time.charAt(end - 1) === '0') end -= 1;
  return time.slice(0, time.charAt(end - 1) === '.' ? end - 1 : end);
}

/** `PT26H30M00S` is `26:30:00`; what is written in another way stays as it is. */
function timeOf(written: string): string {
  const [all, minus = '', days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] =
    /^(-?)P(?:(\d{1,7})D)?T?(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})([.,]\d{1,12})?S)?$/.exec(written) ?? [];
  if (all === undefined) return written;
  const whole = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  const two = (number: number): string => String(number).padStart(2, '0');
  const clock = `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return `${minus}${clock}${withoutZeros(fraction.replace(',', '.'))}`;
}
