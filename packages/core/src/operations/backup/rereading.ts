import { crc32 } from 'node:zlib';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A thirtieth of the unchanged files is read again each day, so that each is within a month (design of change detection). */
const REREAD_DAYS = 30;

/**
 * Is a file that has not changed to be read all the same? Each file has its day of thirty, by its path; one that has missed it,
 * because no backup ran that day, is due when its month is over. A reading said to lie in the future tells that a clock was wrong.
 */
export function isDueForReading(pathBytes: Buffer, readAtMs: number, nowMs: number): boolean {
  const ageMs = nowMs - readAtMs;
  if (ageMs >= REREAD_DAYS * DAY_MS || ageMs <= -DAY_MS) return true;
  if (ageMs < DAY_MS) return false;
  return crc32(pathBytes) % REREAD_DAYS === Math.floor(nowMs / DAY_MS) % REREAD_DAYS;
}
