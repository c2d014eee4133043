import { alignSequences, type Hunk, type Sequence } from './align.js';
import { type NumberList, numberList } from './number-list.js';
import { isSameFormulas, type SheetOutline } from './sheet-outline.js';

/** Which rows of a sheet have to be looked at, by their number among the rows with cells: -1 where one side has none. Both sides rise. */
export interface RowPairs {
  readonly before: NumberList;
  readonly after: NumberList;
  /** See {@link Alignment.isRough}. */
  readonly isRough: boolean;
  /** Rows that are the same as before, at another place. */
  readonly moved: number;
}

/**
 * Aligns the rows of two versions of a sheet. Rows that are equal stay out. Where they are not, rows with the same first cell belong together
 * (an id, a name, a day); of the others as many as there are on both sides, and the rest was added or removed.
 *
 * @param withFormulas rows of which only a formula differs are looked at, too.
 */
export function pairRows(before: SheetOutline, after: SheetOutline, withFormulas: boolean): RowPairs {
  const pairs = { before: numberList(integers), after: numberList(integers), moved: 0 };
  const { hunks, isRough } = alignSequences({ before: before.values, after: after.values });
  const add = (a: number, b: number): void => {
    pairs.before.push(a);
    pairs.after.push(b);
  };
  let atBefore = 0;
  let atAfter = 0;
  const end: Hunk = {
    fromBefore: before.rows.length,
    toBefore: before.rows.length,
    fromAfter: after.rows.length,
    toAfter: after.rows.length,
  };
  for (const hunk of [...hunks, end]) {
    for (; atBefore < hunk.fromBefore; atBefore += 1, atAfter += 1) {
      if (before.rows.at(atBefore) !== after.rows.at(atAfter)) pairs.moved += 1;
      if (withFormulas && !isSameFormulas(before, atBefore, after, atAfter)) add(atBefore, atAfter);
    }
    pairWithin(hunk, before, after, add);
    atBefore = hunk.toBefore;
    atAfter = hunk.toAfter;
  }
  return { ...pairs, isRough };
}

function pairWithin(hunk: Hunk, before: SheetOutline, after: SheetOutline, add: (a: number, b: number) => void): void {
  const { hunks } = alignSequences({
    before: part(before.keys, hunk.fromBefore, hunk.toBefore),
    after: part(after.keys, hunk.fromAfter, hunk.toAfter),
  });
  let a = hunk.fromBefore;
  let b = hunk.fromAfter;
  const end = {
    fromBefore: hunk.toBefore - hunk.fromBefore,
    toBefore: hunk.toBefore - hunk.fromBefore,
    fromAfter: hunk.toAfter - hunk.fromAfter,
    toAfter: hunk.toAfter - hunk.fromAfter,
  };
  for (const gap of [...hunks, end]) {
    while (a < hunk.fromBefore + gap.fromBefore) add(a++, b++);
    while (a < hunk.fromBefore + gap.toBefore && b < hunk.fromAfter + gap.toAfter) add(a++, b++);
    while (a < hunk.fromBefore + gap.toBefore) add(a++, -1);
    while (b < hunk.fromAfter + gap.toAfter) add(-1, b++);
  }
}

function part(list: NumberList, from: number, to: number): Sequence {
  return { length: to - from, at: (index) => list.at(from + index) };
}

function integers(size: number): Int32Array {
  return new Int32Array(size);
}
