import { columnOf, lettersOf, MAX_COLUMNS, MAX_ROWS } from '../values/address.js';

/** A place in a sheet, counted from 0. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/**
 * What of a formula is a reference (`A1`, `$A1`, `A:A`, `1:9`), and what only looks like one: texts, names of sheets in quotes, functions (`LOG10(`), longer
 * names. The look-behinds let a match begin at the beginning of a word only, so that a formula of any length is gone through once.
 */
const PIECES =
  /"(?:[^"]|"")*"|'(?:[^']|'')*'|(?<![\w.$])[A-Za-z_\\][\w.]*\(|(?<![\w.$:])(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})(?![\w(.!])|(?<![\w.$:])(\$?)(\d{1,7}):(\$?)(\d{1,7})(?![\w(.!])|(?<![\w.$])(\$?)([A-Za-z]{1,3})(\$?)(\d{1,7})(?![\w(.!])/g;

/** Says how each half of a reference is written: `absolute` ones have a `$`. */
interface HalfWriter {
  column(column: number, absolute: string): string;
  row(row: number, absolute: string): string;
}

function rewritten(formula: string, write: HalfWriter): string {
  const column = (absolute: string | undefined, letters: string): string =>
    write.column(columnOf(letters), absolute ?? '');
  const row = (absolute: string | undefined, number: string): string => write.row(Number(number) - 1, absolute ?? '');
  return formula.replace(PIECES, (all: string, ...groups: (string | undefined)[]) => {
    const [fromSign, from, toSign, to, topSign, top, bottomSign, bottom, columnSign, letters, rowSign, number] = groups;
    if (letters !== undefined && number !== undefined) {
      return columnOf(letters) === -1 ? all : `${column(columnSign, letters)}${row(rowSign, number)}`;
    }
    if (from !== undefined && to !== undefined) {
      return columnOf(from) === -1 || columnOf(to) === -1 ? all : `${column(fromSign, from)}:${column(toSign, to)}`;
    }
    if (top !== undefined && bottom !== undefined) return `${row(topSign, top)}:${row(bottomSign, bottom)}`;
    return all;
  });
}

/** The formula of a cell that shares the one of another cell: what is relative in it moves along, around the edge of the sheet if need be, as Excel does. */
export function shiftedFormula(formula: string, from: Place, to: Place): string {
  const moved = (position: number, by: number, size: number): number => (((position + by) % size) + size) % size;
  return rewritten(formula, {
    column: (column, absolute) =>
      `${absolute}${lettersOf(absolute === '$' ? column : moved(column, to.column - from.column, MAX_COLUMNS))}`,
    row: (row, absolute) => `${absolute}${(absolute === '$' ? row : moved(row, to.row - from.row, MAX_ROWS)) + 1}`,
  });
}

/** The formula as seen from its cell: two that were copied from one another are the same, wherever they stand. For comparing, not for reading. */
export function relativeFormula(formula: string, at: Place): string {
  return rewritten(formula, {
    column: (column, absolute) => (absolute === '$' ? `$${column}` : `C[${column - at.column}]`),
    row: (row, absolute) => (absolute === '$' ? `$${row}` : `R[${row - at.row}]`),
  });
}
