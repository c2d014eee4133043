import type { TimeUnit } from '../header/element-type.js';

/** The number that means "not a time". */
export const NOT_A_TIME: bigint = -(2n ** 63n);

/** How many of a unit are in a second; of those that are longer, how many seconds. */
const PER_SECOND: Partial<Record<TimeUnit['unit'], number>> = { s: 0, ms: 3, us: 6, ns: 9, ps: 12, fs: 15, as: 18 };
const SECONDS: Partial<Record<TimeUnit['unit'], bigint>> = { W: 604_800n, D: 86_400n, h: 3600n, m: 60n };
const DAY = 86_400n;

/** A datetime64 as NumPy writes it: ISO 8601 as far as its unit goes (`2026-11-26T08:00`), `NaT` for none. A generic one is its number. */
export function datetimeText(value: bigint, { unit, count }: TimeUnit): string {
  if (value === NOT_A_TIME) return 'NaT';
  const steps = value * BigInt(count);
  if (unit === 'generic') return String(steps);
  if (unit === 'Y') return yearText(1970n + steps);
  if (unit === 'M') return `${yearText(1970n + floorDivide(steps, 12n))}-${two(modulo(steps, 12n) + 1n)}`;
  const digits = PER_SECOND[unit] ?? 0;
  const perSecond = 10n ** BigInt(digits);
  const seconds = SECONDS[unit] === undefined ? floorDivide(steps, perSecond) : steps * (SECONDS[unit] ?? 1n);
  const date = dateText(floorDivide(seconds, DAY));
  if (unit === 'W' || unit === 'D') return date;
  const inDay = modulo(seconds, DAY);
  const hour = `${date}T${two(inDay / 3600n)}`;
  if (unit === 'h') return hour;
  const minute = `${hour}:${two((inDay / 60n) % 60n)}`;
  if (unit === 'm') return minute;
  const fraction = digits === 0 ? '' : `.${String(modulo(steps, perSecond)).padStart(digits, '0')}`;
  return `${minute}:${two(inDay % 60n)}${fraction}`;
}

const WORDS: Readonly<Record<TimeUnit['unit'], string>> = {
  generic: 'generic time units',
  Y: 'years',
  M: 'months',
  W: 'weeks',
  D: 'days',
  h: 'hours',
  m: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  ps: 'picoseconds',
  fs: 'femtoseconds',
  as: 'attoseconds',
};

/** A timedelta64 as NumPy writes it: `5 days`, `NaT`. */
export function timedeltaText(value: bigint, { unit, count }: TimeUnit): string {
  return value === NOT_A_TIME ? 'NaT' : `${value * BigInt(count)} ${WORDS[unit]}`;
}

/** The proleptic Gregorian calendar, in eras of 400 years that begin in March: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days. */
function dateText(days: bigint): string {
  const shifted = days + 719_468n;
  const era = floorDivide(shifted, 146_097n);
  const dayOfEra = shifted - era * 146_097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const fromMarch = (5n * dayOfYear + 2n) / 153n;
  const day = dayOfYear - (153n * fromMarch + 2n) / 5n + 1n;
  const month = fromMarch < 10n ? fromMarch + 3n : fromMarch - 9n;
  const year = yearOfEra + era * 400n + (month <= 2n ? 1n : 0n);
  return `${yearText(year)}-${two(month)}-${two(day)}`;
}

/** Four places, the sign being one of them. */
function yearText(year: bigint): string {
  return year < 0n ? `-${String(-year).padStart(3, '0')}` : String(year).padStart(4, '0');
}

function two(number: bigint): string {
  return String(number).padStart(2, '0');
}

function floorDivide(value: bigint, by: bigint): bigint {
  return (value - modulo(value, by)) / by;
}

function modulo(value: bigint, by: bigint): bigint {
  const rest = value % by;
  return rest < 0n ? rest + by : rest;
}
