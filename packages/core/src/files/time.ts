const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MS = 1_000_000n;

/**
 * A time as `utimes`, `futimes` and `lutimes` of Node want it, so that what is stored is less than 1 µs off, the same every time.
 *
 * They take seconds as a double, which today is exact to a quarter of a microsecond, and libuv cuts it to whole microseconds in
 * some versions (`uv__fs_to_timespec`). So this is the smallest double that is not before the time: a cut then never lands in
 * the microsecond before. A time before 1970 is a `Date`, exact to a millisecond: Node takes a negative number for "now".
 */
export function secondsOf(timeNs: bigint): number | Date {
  if (timeNs < 0n) return new Date(Number(floorDivide(timeNs, NS_PER_MS)));
  const wholeSeconds = Number(timeNs / NS_PER_SECOND);
  const fraction = Number(timeNs % NS_PER_SECOND) / 1e9;
  const nearest = wholeSeconds + fraction;
  // The difference of these two is exact.
  return nearest - wholeSeconds >= fraction ? nearest : nextAfter(nearest);
}

/** Two times closer than this count as equal: what Node can set is about a microsecond. */
export const TIME_TOLERANCE_NS: bigint = 2000n;

/** Are these equal as far as Node can set times? */
export function sameTime(leftNs: bigint, rightNs: bigint): boolean {
  const apartNs = leftNs - rightNs;
  return (apartNs < 0n ? -apartNs : apartNs) <= TIME_TOLERANCE_NS;
}

function floorDivide(value: bigint, by: bigint): bigint {
  return value / by - (value % by < 0n ? 1n : 0n);
}

/** The next larger double of a positive one: a double has 52 bits behind its leading one. */
function nextAfter(value: number): number {
  return value + 2 ** (Math.floor(Math.log2(value)) - 52);
}
