import type { NumberMeaning } from './number-format.js';

const DAY_MS = 86_400_000;
/** Day 0 of each system. In the one of 1900 that is the last day of 1899, and from day 60 on every day is one later than it counts: 1900 is taken for a leap year. */
const DAY_ZERO = { 1900: Date.UTC(1899, 11, 31), 1904: Date.UTC(1904, 0, 1) } as const;
const FALSE_LEAP_DAY = 60;
/** One day more than 9999-12-31, the last day that a workbook knows. */
const DAYS = { 1900: 2_958_466, 1904: 2_957_004 } as const;

/**
 * A number with the format of a date or a time in the words of ISO 8601, to the millisecond: `2024-02-29`, `2024-02-29T08:30:00`, `08:30:00`.
 * Nothing that is stored is left out: a date with an hour behind it is written with the hour, a time behind a day with the day. A duration is
 * `26:30:00`. `undefined` if no such day exists (negative ones, and from the year 10000 on): then the number itself says more.
 */
export function isoOfSerial(serial: number, meaning: NumberMeaning, system: 1900 | 1904): string | undefined {
  if (!Number.isFinite(serial)) return undefined;
  const wholeMs = Math.round(serial * DAY_MS);
  if (meaning === 'duration') return durationOf(wholeMs);
  const day = Math.floor(wholeMs / DAY_MS);
  const timeMs = wholeMs - day * DAY_MS;
  if (day < 0 || day >= DAYS[system]) return undefined;
  if (meaning === 'time' && day === 0) return timeOf(timeMs);
  const date = dateOf(day, system);
  return meaning === 'date' && timeMs === 0 ? date : `${date}T${timeOf(timeMs)}`;
}

function dateOf(day: number, system: 1900 | 1904): string {
  if (system === 1900 && day === FALSE_LEAP_DAY) return '1900-02-29';
  const counted = system === 1900 && day > FALSE_LEAP_DAY ? day - 1 : day;
  return new Date(DAY_ZERO[system] + counted * DAY_MS).toISOString().slice(0, 10);
}

function durationOf(wholeMs: number): string | undefined {
  if (Math.abs(wholeMs) > Number.MAX_SAFE_INTEGER) return undefined;
  return `${wholeMs < 0 ? '-' : ''}${timeOf(Math.abs(wholeMs))}`;
}

/** `08:30:15`, with `.250` only where there is a fraction. */
function timeOf(ms: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = Math.floor(ms / 1000);
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const fraction = ms % 1000;
  return fraction === 0 ? clock : `${clock}.${String(fraction).padStart(3, '0')}`;
}
