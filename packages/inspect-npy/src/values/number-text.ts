import type { ScalarType } from '../header/element-type.js';
import { float16Table } from './float16.js';
import { datetimeText, timedeltaText } from './time-text.js';

/** A number as its type has it: the shortest text that gives the same value again; `nan`, `inf` and `-inf` as NumPy writes them. */
export function numberText(value: number, scalar: ScalarType): string {
  if (scalar.kind === 'bool') return value === 0 ? 'False' : 'True';
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0';
  const unitBytes = scalar.kind === 'complex' ? scalar.itemBytes / 2 : scalar.itemBytes;
  const isFloat = scalar.kind === 'float' || scalar.kind === 'complex';
  if (!isFloat || unitBytes === 8) return String(value);
  return shortest(value, unitBytes === 4 ? Math.fround : nearestHalf);
}

/** Nine digits tell all floats of 32 bits apart, five those of 16. */
function shortest(value: number, round: (value: number) => number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (round(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

/** The nearest number of 16 bits: found by halving, since positive ones rise with their bits. Only for texts. */
function nearestHalf(value: number): number {
  const table = float16Table();
  const size = Math.abs(value);
  let low = 0;
  let high = 0x7c00;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((table[middle] ?? 0) <= size) low = middle;
    else high = middle;
  }
  const below = table[low] ?? 0;
  const above = table[high] ?? 0;
  const isNearer = size - below === above - size ? low % 2 === 0 : size - below < above - size;
  return Math.sign(value) * (isNearer ? below : above);
}

/** A whole number of 64 bits: all its digits, or the time that it is. */
export function wholeText(value: bigint, scalar: ScalarType): string {
  const { time } = scalar;
  if (time === undefined) return String(value);
  return scalar.kind === 'datetime' ? datetimeText(value, time) : timedeltaText(value, time);
}
