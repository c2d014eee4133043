const NS_PER_US = 1000n;
const US_PER_SECOND = 1_000_000n;

/**
 * A time as `utimes`, `futimes` and `lutimes` of Node want it: seconds as a double. libuv cuts what it gets to whole
 * microseconds (`uv__fs_to_timespec`), and a double of today is exact to a quarter of one; aiming at the middle of the
 * microsecond makes the cut land on it: what is stored is the time rounded down, less than 1 µs off, every time alike.
 */
export function secondsOf(timeNs: bigint): number {
  const wholeUs = timeNs / NS_PER_US - (timeNs < 0n && timeNs % NS_PER_US !== 0n ? 1n : 0n);
  const seconds = wholeUs / US_PER_SECOND;
  const restUs = Number(wholeUs % US_PER_SECOND) + 0.5;
  return Number(seconds) + restUs / 1e6;
}

/** Two times closer than this count as equal: what Node can set is about a microsecond. */
export const TIME_TOLERANCE_NS: bigint = 2000n;

/** Are these equal as far as Node can set times? */
export function sameTime(leftNs: bigint, rightNs: bigint): boolean {
  const apartNs = leftNs - rightNs;
  return (apartNs < 0n ? -apartNs : apartNs) <= TIME_TOLERANCE_NS;
}
