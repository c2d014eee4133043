import type { ContentFacts } from '@holdfast/core/inspect';
import type { ScalarType } from '../header/element-type.js';
import { isNumeric, isWhole64, NumberDecoder } from './number-decoder.js';
import { numberText, wholeText } from './number-text.js';
import { textTally } from './text-tally.js';

/** Sums up values as they come. */
export interface Tally {
  add(bytes: Uint8Array): void;
  facts(): ContentFacts;
  /** What is wrong with a value that no reader could take, if any was met. */
  fault?(): string | undefined;
}

/** Used between two awaits only, so one is enough. */
const decoder = new NumberDecoder();

/** What is summed up of values of this kind; nothing of bytes without a meaning. */
export function tallyOf(scalar: ScalarType): Tally {
  if (scalar.kind === 'complex') return complexTally(scalar);
  if (scalar.kind === 'bool') return boolTally(scalar);
  if (isNumeric(scalar)) return numberTally(scalar);
  if (isWhole64(scalar)) return wholeTally(scalar);
  if (scalar.kind === 'text' || scalar.kind === 'bytes') return textTally(scalar);
  return { add: () => undefined, facts: () => ({}) };
}

/** The range of some numbers. NaN is in no range. */
class Range {
  min: number = Number.POSITIVE_INFINITY;
  max: number = Number.NEGATIVE_INFINITY;
  nan = 0;
  infinite = 0;

  /** Every `step`-th number from `first` on. */
  add(numbers: Float64Array, first: number, step: number): void {
    const { length } = numbers;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    let nan = 0;
    for (let index = first; index < length; index += step) {
      const value = numbers[index] as number;
      if (value < min) min = value;
      if (value > max) max = value;
      // Only NaN is not itself. Number.isNaN is as fast, but not before the loop is compiled.
      // biome-ignore lint/suspicious/noSelfCompare: see above
      if (value !== value) nan += 1;
    }
    if (min === Number.NEGATIVE_INFINITY || max === Number.POSITIVE_INFINITY)
      for (let index = first; index < length; index += step) {
        const value = numbers[index];
        if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) this.infinite += 1;
      }
    if (min < this.min) this.min = min;
    if (max > this.max) this.max = max;
    this.nan += nan;
  }

  facts(scalar: ScalarType): ContentFacts {
    const isFloat = scalar.kind === 'float' || scalar.kind === 'complex';
    const isEmpty = this.min > this.max;
    return {
      ...(isEmpty ? {} : { min: numberText(this.min, scalar), max: numberText(this.max, scalar) }),
      ...(isFloat ? { nan: this.nan, infinite: this.infinite } : {}),
    };
  }
}

function numberTally(scalar: ScalarType): Tally {
  const range = new Range();
  return {
    add: (bytes) => range.add(decoder.numbers(bytes, scalar), 0, 1),
    facts: () => range.facts(scalar),
  };
}

/** Complex numbers have no order: the two parts have their ranges. */
function complexTally(scalar: ScalarType): Tally {
  const real = new Range();
  const imaginary = new Range();
  return {
    add(bytes) {
      const numbers = decoder.numbers(bytes, scalar);
      real.add(numbers, 0, 2);
      imaginary.add(numbers, 1, 2);
    },
    facts: () => ({ real: real.facts(scalar), imaginary: imaginary.facts(scalar) }),
  };
}

function boolTally(scalar: ScalarType): Tally {
  let trues = 0;
  let total = 0;
  return {
    add(bytes) {
      for (const value of decoder.numbers(bytes, scalar)) trues += value;
      total += bytes.length;
    },
    facts: () => ({ true: trues, false: total - trues }),
  };
}

/**
 * Whole numbers of 64 bits, and times. As two halves, because a BigInt for each value takes twenty times as long: the upper one decides,
 * signed but for `uint`.
 */
function wholeTally(scalar: ScalarType): Tally {
  const isTime = scalar.time !== undefined;
  let min: bigint | undefined;
  let max: bigint | undefined;
  let notATime = 0;
  return {
    add(bytes) {
      const wholes = decoder.wholes(bytes, scalar);
      const found = rangeOfWholes(wholes, isTime);
      notATime += found.notATime;
      if (found.minAt < 0) return;
      const low = wholes[found.minAt] as bigint;
      const high = wholes[found.maxAt] as bigint;
      if (min === undefined || low < min) min = low;
      if (max === undefined || high > max) max = high;
    },
    facts: () => ({
      ...(min === undefined || max === undefined ? {} : { min: wholeText(min, scalar), max: wholeText(max, scalar) }),
      ...(isTime ? { notATime } : {}),
    }),
  };
}

const HOST_IS_LITTLE: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Where the smallest and the largest are; -1 where there is none. */
function rangeOfWholes(
  wholes: BigInt64Array | BigUint64Array,
  isTime: boolean,
): { minAt: number; maxAt: number; notATime: number } {
  const words = new Uint32Array(wholes.buffer, wholes.byteOffset, wholes.length * 2);
  const upper = HOST_IS_LITTLE ? 1 : 0;
  // With the sign bit turned over, signed numbers are in the order of unsigned ones.
  const turn = wholes instanceof BigInt64Array ? 0x80000000 : 0;
  let [minHigh, minLow, minAt] = [0xffffffff, 0xffffffff, -1];
  let [maxHigh, maxLow, maxAt] = [0, 0, -1];
  let notATime = 0;
  for (let index = 0; index < wholes.length; index++) {
    const high = ((words[index * 2 + upper] as number) ^ turn) >>> 0;
    const low = words[index * 2 + 1 - upper] as number;
    if (isTime && high === 0 && low === 0) {
      notATime += 1;
      continue;
    }
    if (high < minHigh || (high === minHigh && low <= minLow)) {
      minHigh = high;
      minLow = low;
      minAt = index;
    }
    if (high > maxHigh || (high === maxHigh && low >= maxLow)) {
      maxHigh = high;
      maxLow = low;
      maxAt = index;
    }
  }
  return { minAt, maxAt, notATime };
}
