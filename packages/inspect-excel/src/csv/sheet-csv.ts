import type { SheetTally } from '../workbook/sheet-tally.js';
import type { Cell, Row } from '../workbook/workbook.js';
import { guarded } from './formula-guard.js';

/** How a sheet is written. */
export interface SheetCsvOptions {
  /** Texts as they are, also those that a spreadsheet would run. */
  readonly raw: boolean;
  /** How many fields each row has at least. */
  readonly columns: number;
}

/** Bytes are given on in pieces of about this size. */
const PIECE_CHARACTERS = 64 * 1024;
/** Empty fields up to this number are written for any sheet; more only if there are not many times more of them than cells. */
const FREE_FIELDS = 1_000_000;
const MAX_FIELDS_PER_CELL = 32;

/**
 * How many fields each row of a sheet gets: as many as the widest one has (RFC 4180 wants all rows alike). But 0, and each row ends behind its last
 * cell, where that would be nothing but separators: one forgotten blank in the last column of a sheet with a million rows makes 16 GB of them.
 */
export function fieldsPerRow({ rows, columns, cells }: SheetTally): number {
  return rows * columns > FREE_FIELDS + MAX_FIELDS_PER_CELL * cells ? 0 : columns;
}

/** Writes one sheet. */
export interface SheetCsv {
  /** The next rows, as bytes if there are enough of them. */
  add(rows: readonly Row[]): Iterable<Uint8Array>;
  /** What is left. */
  end(): Iterable<Uint8Array>;
}

/**
 * A sheet as CSV: RFC 4180 (comma, quotes where they are needed, CRLF behind each row), UTF-8 without a mark. Line n is row n and field m column m of the
 * sheet, so empty ones are there too. The mark is left out because most readers take it for a part of the first field.
 */
export function sheetCsv(options: SheetCsvOptions): SheetCsv {
  const empty = `${','.repeat(Math.max(0, options.columns - 1))}\r\n`;
  let next = 0;
  let text = '';

  function* taken(atLeast: number): Generator<Uint8Array, void, undefined> {
    if (text.length <= atLeast) return;
    yield Buffer.from(text);
    text = '';
  }

  return {
    *add(rows) {
      for (const row of rows) {
        for (; next < row.index; next += 1) {
          text += empty;
          yield* taken(PIECE_CHARACTERS);
        }
        text += line(row.cells, options);
        next += 1;
        yield* taken(PIECE_CHARACTERS);
      }
    },
    end: () => taken(0),
  };
}

function line(cells: readonly Cell[], { raw, columns }: SheetCsvOptions): string {
  let text = '';
  let column = 0;
  for (const cell of cells) {
    for (; column < cell.column; column += 1) text += ',';
    text += cell.kind === 'text' ? field(raw ? cell.text : guarded(cell.text)) : cell.text;
  }
  for (; column < columns - 1; column += 1) text += ',';
  return `${text}\r\n`;
}

/** In quotes where it would be read in another way without; a blank at either end is kept by some readers only then. */
function field(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
