/** Numbers in their order. */
export interface Sequence {
  readonly length: number;
  /** `undefined` only beyond the end. */
  at(index: number): number | undefined;
}

/** Two sequences of numbers: equal numbers are equal things. */
export interface Sequences {
  readonly before: Sequence;
  readonly after: Sequence;
}

/** A place where two sequences differ: `before[fromBefore..toBefore)` stands where `after[fromAfter..toAfter)` does. */
export interface Hunk {
  readonly fromBefore: number;
  readonly toBefore: number;
  readonly fromAfter: number;
  readonly toAfter: number;
}

/** What {@link alignSequences} found. */
export interface Alignment {
  /** In their order; what is between them is equal. */
  readonly hunks: readonly Hunk[];
  /** Some hunk had no landmark in it and was too large to try all ways: there may be equal things in it that were not seen. */
  readonly isRough: boolean;
}

/** Up to this many pairs all ways are tried: half a megabyte, some milliseconds. */
const MAX_TABLE = 250_000;
const MAX_DEPTH = 40;

/**
 * Finds what is equal in two sequences, so that a row that was inserted does not make all rows below it differ: patience diff. What is
 * in both of them just once is a landmark; the longest run of landmarks that keep their order stays, and between them the same is done again. Memory grows with the
 * length, never with its square.
 */
export function alignSequences(sequences: Sequences): Alignment {
  const hunks: Hunk[] = [];
  let isRough = false;

  function between(whole: Hunk, depth: number): void {
    const hunk = trimmed(sequences, whole);
    const countBefore = hunk.toBefore - hunk.fromBefore;
    const countAfter = hunk.toAfter - hunk.fromAfter;
    if (countBefore === 0 && countAfter === 0) return;
    if (countBefore === 0 || countAfter === 0) {
      hunks.push(hunk);
      return;
    }
    const isSmall = countBefore * countAfter <= MAX_TABLE;
    const kept = isSmall ? longestCommon(sequences, hunk) : depth < MAX_DEPTH ? landmarks(sequences, hunk) : [];
    if (kept.length === 0) {
      if (!isSmall) isRough = true;
      hunks.push(hunk);
      return;
    }
    let { fromBefore, fromAfter } = hunk;
    for (const [before, after] of [...kept, [hunk.toBefore, hunk.toAfter] as const]) {
      const gap = { fromBefore, toBefore: before, fromAfter, toAfter: after };
      // All ways were tried: nothing in the gap is equal.
      if (isSmall) {
        if (before > fromBefore || after > fromAfter) hunks.push(gap);
      } else between(gap, depth + 1);
      fromBefore = before + 1;
      fromAfter = after + 1;
    }
  }

  between({ fromBefore: 0, toBefore: sequences.before.length, fromAfter: 0, toAfter: sequences.after.length }, 0);
  return { hunks, isRough };
}

/** Without what is equal at both ends. */
function trimmed({ before, after }: Sequences, hunk: Hunk): Hunk {
  let { fromBefore, toBefore, fromAfter, toAfter } = hunk;
  while (fromBefore < toBefore && fromAfter < toAfter && before.at(fromBefore) === after.at(fromAfter)) {
    fromBefore += 1;
    fromAfter += 1;
  }
  while (fromBefore < toBefore && fromAfter < toAfter && before.at(toBefore - 1) === after.at(toAfter - 1)) {
    toBefore -= 1;
    toAfter -= 1;
  }
  return { fromBefore, toBefore, fromAfter, toAfter };
}

/** Pairs of what occurs once on each side, in an order that both sides have. */
function landmarks({ before, after }: Sequences, hunk: Hunk): readonly (readonly [number, number])[] {
  /** Where a number is before; -1: more than once. */
  const places = onlyPlaces(before, hunk.fromBefore, hunk.toBefore);
  const placesAfter = onlyPlaces(after, hunk.fromAfter, hunk.toAfter);
  const pairs: [number, number][] = [];
  for (const [value, place] of places) {
    const other = placesAfter.get(value) ?? -1;
    if (place !== -1 && other !== -1) pairs.push([place, other]);
  }
  return longestRising(pairs);
}

/** Where each number is that is there once. In the order of the sequence. */
function onlyPlaces(sequence: Sequence, from: number, to: number): Map<number, number> {
  const places = new Map<number, number>();
  for (let at = from; at < to; at += 1) {
    const value = sequence.at(at) ?? 0;
    places.set(value, places.has(value) ? -1 : at);
  }
  return places;
}

/** The longest choice of pairs in which both sides rise, by patience sorting: n log n. The first sides rise already. */
function longestRising(pairs: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const tops: number[] = [];
  const previous = new Int32Array(pairs.length).fill(-1);
  pairs.forEach(([, after], index) => {
    let low = 0;
    let high = tops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tops[middle] ?? 0]?.[1] ?? 0) < after) low = middle + 1;
      else high = middle;
    }
    previous[index] = low === 0 ? -1 : (tops[low - 1] ?? -1);
    tops[low] = index;
  });
  const chosen: (readonly [number, number])[] = [];
  for (let index = tops.at(-1) ?? -1; index !== -1; index = previous[index] ?? -1) {
    const pair = pairs[index];
    if (pair !== undefined) chosen.push(pair);
  }
  return chosen.reverse();
}

/** The longest common subsequence, by the table of all pairs. */
function longestCommon({ before, after }: Sequences, hunk: Hunk): readonly (readonly [number, number])[] {
  const { fromBefore, toBefore, fromAfter, toAfter } = hunk;
  const width = toAfter - fromAfter + 1;
  const lengths = new Uint16Array((toBefore - fromBefore + 1) * width);
  for (let i = toBefore - fromBefore - 1; i >= 0; i -= 1) {
    for (let j = width - 2; j >= 0; j -= 1) {
      lengths[i * width + j] =
        before.at(fromBefore + i) === after.at(fromAfter + j)
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  const pairs: [number, number][] = [];
  let i = 0;
  let j = 0;
  while (i < toBefore - fromBefore && j < width - 1) {
    if (before.at(fromBefore + i) === after.at(fromAfter + j)) {
      pairs.push([fromBefore + i, fromAfter + j]);
      i += 1;
      j += 1;
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i += 1;
    else j += 1;
  }
  return pairs;
}
