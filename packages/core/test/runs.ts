const isLong = (process.env.HOLDFAST_TEST_LONG ?? '') !== '';

/** How often a property is tried: each time with other values, and with `test:long` four times as often. */
export function runs(count: number): number {
  return isLong ? count * 4 : count;
}
