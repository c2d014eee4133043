import type { ScalarType, TimeUnit } from '../header/element-type.js';
import { isNumeric, isWhole64, NumberDecoder } from '../values/number-decoder.js';
import type { Differences } from './differences.js';

/** Finds the values in which two chunks of as many values differ. */
export type ValueComparer = (before: Uint8Array, after: Uint8Array, found: (index: number) => void) => void;

/** Used between two awaits only, so that one for each side is enough. */
const left = new NumberDecoder();
const right = new NumberDecoder();

/**
 * How values of these two types are compared: numbers with numbers of any type, by value; times of one kind; texts with texts, bytes with
 * bytes. `undefined` if nothing can be said. NaN is equal to NaN, and NaT to NaT.
 *
 * @param differences takes by how much
 */
export function valueComparer(
  before: ScalarType,
  after: ScalarType,
  differences: Differences,
): ValueComparer | undefined {
  const compare = comparerOf(before, after, differences);
  if (compare === undefined || !isSameStored(before, after)) return compare;
  // Most of two versions is the same, and that is seen twenty times faster in bytes.
  return (one, other, found) => {
    if (Buffer.compare(one, other) !== 0) compare(one, other, found);
  };
}

function isSameStored(before: ScalarType, after: ScalarType): boolean {
  return before.name === after.name && before.bigEndian === after.bigEndian;
}

function comparerOf(before: ScalarType, after: ScalarType, differences: Differences): ValueComparer | undefined {
  const areTimes = before.time !== undefined && after.time !== undefined;
  if (areTimes) return before.kind === after.kind ? compareTimes(before, after, differences) : undefined;
  const areComplex = before.kind === 'complex' && after.kind === 'complex';
  if (areComplex) return compareComplex(before, after, differences);
  if (before.kind === 'complex' || after.kind === 'complex') return undefined;
  if (isNumeric(before) && isNumeric(after)) return compareNumbers(before, after, differences);
  if (isNumber(before) && isNumber(after)) return compareExactly(before, after, differences);
  if (before.kind === 'text' && after.kind === 'text') return compareTexts(before, after);
  if (before.kind === 'bytes' && after.kind === 'bytes') return compareUnits(before.itemBytes, after.itemBytes);
  const areRaw = before.kind === 'raw' && after.kind === 'raw';
  return areRaw && before.name === after.name ? compareRaw(before.itemBytes) : undefined;
}

function isNumber(scalar: ScalarType): boolean {
  return isNumeric(scalar) || (isWhole64(scalar) && scalar.time === undefined);
}

function compareNumbers(before: ScalarType, after: ScalarType, differences: Differences): ValueComparer {
  return (one, other, found) => {
    const ones = left.numbers(one, before);
    const others = right.numbers(other, after);
    for (let index = 0; index < ones.length; index++) {
      const value = ones[index] as number;
      const next = others[index] as number;
      if (value === next || (Number.isNaN(value) && Number.isNaN(next))) continue;
      differences.add(next - value);
      found(index);
    }
  };
}

function compareComplex(before: ScalarType, after: ScalarType, differences: Differences): ValueComparer {
  return (one, other, found) => {
    const ones = left.numbers(one, before);
    const others = right.numbers(other, after);
    for (let index = 0; index < ones.length; index += 2) {
      const isSame = (at: number): boolean => {
        const value = ones[at] as number;
        const next = others[at] as number;
        return value === next || (Number.isNaN(value) && Number.isNaN(next));
      };
      if (isSame(index) && isSame(index + 1)) continue;
      const real = (others[index] as number) - (ones[index] as number);
      const imaginary = (others[index + 1] as number) - (ones[index + 1] as number);
      differences.add(Math.hypot(real, imaginary));
      found(index / 2);
    }
  };
}

/** Whole numbers of 64 bits with each other, or with others: JavaScript orders a BigInt and a number by their exact values. */
function compareExactly(before: ScalarType, after: ScalarType, differences: Differences): ValueComparer {
  return (one, other, found) => {
    const ones = isWhole64(before) ? left.wholes(one, before) : left.numbers(one, before);
    const others = isWhole64(after) ? right.wholes(other, after) : right.numbers(other, after);
    for (let index = 0; index < ones.length; index++) {
      const value = ones[index] as number | bigint;
      const next = others[index] as number | bigint;
      if (!(value < next || value > next) && !isNaNumber(value) && !isNaNumber(next)) continue;
      differences.add(
        typeof value === 'bigint' && typeof next === 'bigint' ? next - value : Number(next) - Number(value),
      );
      found(index);
    }
  };
}

function isNaNumber(value: number | bigint): boolean {
  return typeof value === 'number' && Number.isNaN(value);
}

/** In attoseconds, so that times of different units can be compared; years and months have no fixed length. */
const ATTOSECONDS: Partial<Record<TimeUnit['unit'], bigint>> = {
  W: 604_800n * 10n ** 18n,
  D: 86_400n * 10n ** 18n,
  h: 3600n * 10n ** 18n,
  m: 60n * 10n ** 18n,
  s: 10n ** 18n,
  ms: 10n ** 15n,
  us: 10n ** 12n,
  ns: 10n ** 9n,
  ps: 10n ** 6n,
  fs: 1000n,
  as: 1n,
};

function compareTimes(before: ScalarType, after: ScalarType, differences: Differences): ValueComparer | undefined {
  const isSameUnit = before.name === after.name;
  const [one, other] = isSameUnit ? [1n, 1n] : [stepOf(before), stepOf(after)];
  if (one === undefined || other === undefined) return undefined;
  const none = -(2n ** 63n);
  return (oneBytes, otherBytes, found) => {
    const ones = left.wholes(oneBytes, before);
    const others = right.wholes(otherBytes, after);
    for (let index = 0; index < ones.length; index++) {
      const value = ones[index] as bigint;
      const next = others[index] as bigint;
      const isTime = value !== none && next !== none;
      if (isTime ? value * one === next * other : value === next) continue;
      differences.add(isTime && isSameUnit ? next - value : Number.NaN);
      found(index);
    }
  };
}

function stepOf({ time }: ScalarType): bigint | undefined {
  const step = time === undefined ? undefined : ATTOSECONDS[time.unit];
  return step === undefined || time === undefined ? undefined : step * BigInt(time.count);
}

function compareTexts(before: ScalarType, after: ScalarType): ValueComparer {
  const compare = compareUnits(before.itemBytes / 4, after.itemBytes / 4);
  return (one, other, found) => compare(units(left, one, before), units(right, other, after), found);
}

function units(decoder: NumberDecoder, bytes: Uint8Array, { bigEndian }: ScalarType): Uint32Array {
  const native = decoder.native(bytes, 4, bigEndian);
  return new Uint32Array(native.buffer, native.byteOffset, native.length / 4);
}

/** Texts of two lengths are the same if the longer one goes on with zeros only. */
function compareUnits(
  size: number,
  otherSize: number,
): (one: Uint8Array | Uint32Array, other: Uint8Array | Uint32Array, found: (index: number) => void) => void {
  const common = Math.min(size, otherSize);
  return (one, other, found) => {
    const count = one.length / size;
    for (let index = 0; index < count; index++) {
      const start = index * size;
      const otherStart = index * otherSize;
      let at = 0;
      while (at < common && one[start + at] === other[otherStart + at]) at += 1;
      let isSame = at === common;
      for (let rest = common; isSame && rest < size; rest++) isSame = one[start + rest] === 0;
      for (let rest = common; isSame && rest < otherSize; rest++) isSame = other[otherStart + rest] === 0;
      if (!isSame) found(index);
    }
  };
}

function compareRaw(itemBytes: number): ValueComparer {
  return compareUnits(itemBytes, itemBytes);
}
