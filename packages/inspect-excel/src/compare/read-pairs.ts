import type { Row, Workbook } from '../workbook/workbook.js';
import type { RowPairs } from './row-pairs.js';

/** One version of a sheet. */
export interface SheetVersion {
  readonly workbook: Workbook;
  readonly sheet: number;
}

/**
 * Goes through two versions of a sheet side by side, row by row, and tells the pairs that have to be looked at. One group of rows of each is in
 * memory.
 *
 * @throws what reading throws.
 */
export async function readPairs(
  before: SheetVersion,
  after: SheetVersion,
  pairs: RowPairs,
  tell: (before: Row | undefined, after: Row | undefined) => void,
): Promise<void> {
  const rowsBefore = rowReader(before);
  const rowsAfter = rowReader(after);
  try {
    for (let at = 0; at < pairs.before.length; at += 1) {
      tell(await rowsBefore.at(pairs.before.at(at)), await rowsAfter.at(pairs.after.at(at)));
    }
  } finally {
    await rowsBefore.close();
    await rowsAfter.close();
  }
}

interface RowReader {
  /** The row of this number, which is not before one that was asked for already; `undefined` for -1. */
  at(number: number): Promise<Row | undefined>;
  close(): Promise<void>;
}

function rowReader({ workbook, sheet }: SheetVersion): RowReader {
  const groups = workbook.groups((index) => index === sheet);
  let rows: readonly Row[] = [];
  /** The number of the first row of the group. */
  let first = 0;
  return {
    async at(number) {
      if (number === -1) return undefined;
      while (number >= first + rows.length) {
        const next = await groups.next();
        if (next.done === true) return undefined;
        first += rows.length;
        rows = next.value.rows;
      }
      return rows[number - first];
    },
    async close() {
      await groups.return();
    },
  };
}
