let table: Float32Array | undefined;

/** The value of every number of 16 bits (IEEE 754 binary16), made at the first call: 256 KiB. */
export function float16Table(): Float32Array {
  table ??= Float32Array.from({ length: 65_536 }, (_, bits) => float16Of(bits));
  return table;
}

/** One sign bit, five of exponent with a bias of 15, ten of fraction. */
function float16Of(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
