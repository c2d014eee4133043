/** What the two 16-bit fields of an entry hold. */
export interface DosDateTime {
  readonly date: number;
  readonly time: number;
}

const EARLIEST: DosDateTime = { date: (1 << 5) | 1, time: 0 };
const LATEST: DosDateTime = { date: (127 << 9) | (12 << 5) | 31, time: (23 << 11) | (59 << 5) | 29 };

/**
 * A time as DOS has it: local time of this machine (what Windows Explorer and Python show unchanged), in steps of two
 * seconds, from 1980 to 2107; what lies outside becomes the nearest that does not. Source: APPNOTE 4.4.6.
 */
export function dosDateTime(milliseconds: number): DosDateTime {
  const local = new Date(milliseconds);
  const year = local.getFullYear();
  if (Number.isNaN(year) || year > 2107) return LATEST;
  if (year < 1980) return EARLIEST;
  return {
    date: ((year - 1980) << 9) | ((local.getMonth() + 1) << 5) | local.getDate(),
    time: (local.getHours() << 11) | (local.getMinutes() << 5) | (local.getSeconds() >> 1),
  };
}

const NS_PER_SECOND = 1_000_000_000n;

/** Whole seconds since 1970, rounded down, also before 1970. */
export function wholeSeconds(nanoseconds: bigint): number {
  const seconds = nanoseconds / NS_PER_SECOND;
  return Number(nanoseconds % NS_PER_SECOND < 0n ? seconds - 1n : seconds);
}

/** Does the extended timestamp, a signed number of 32 bits, have room for it? Until 19 January 2038. */
export function fitsExtendedTime(seconds: number): boolean {
  return seconds >= -0x8000_0000 && seconds <= 0x7fff_ffff;
}
