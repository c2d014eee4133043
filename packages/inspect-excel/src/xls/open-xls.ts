import { createRequire } from 'node:module';
import type * as SheetJs from 'xlsx';
import { ContentError } from '../content-error.js';
import { meaningOfFormat } from '../values/number-format.js';
import { isoOfSerial } from '../values/serial-date.js';
import type { Cell, Row, Sheet, Workbook } from '../workbook/workbook.js';
import { PASSWORD, workbookStream } from './workbook-stream.js';

/** Rows are given on by this many. */
const GROUP_ROWS = 1000;

/** Error values by their codes ([MS-XLS] 2.5.10, BErr). */
const ERRORS: ReadonlyMap<unknown, string> = new Map([
  [0x00, '#NULL!'],
  [0x07, '#DIV/0!'],
  [0x0f, '#VALUE!'],
  [0x17, '#REF!'],
  [0x1d, '#NAME?'],
  [0x24, '#NUM!'],
  [0x2a, '#N/A'],
  [0x2b, '#GETTING_DATA'],
]);

/**
 * Opens a workbook of Excel 5 to 2003 (`.xls`), by SheetJS, which reads it as a whole: its thread bounds what that takes. It cannot have more than 65,536
 * rows a sheet.
 *
 * @throws ContentError
 */
export function openXls(bytes: Buffer): Workbook {
  // It is loaded only for such files; the build for require is the whole one, and needs no file system.
  const sheetJs: typeof SheetJs = createRequire(import.meta.url)('xlsx');
  const stream = workbookStream(bytes, sheetJs);
  const book = parse(sheetJs, bytes);
  const hiddenOf = (index: number): Sheet['hidden'] => {
    const state = book.Workbook?.Sheets?.[index]?.Hidden ?? 0;
    return state === 2 ? 'very' : state === 1;
  };
  const dateSystem = book.Workbook?.WBProps?.date1904 === true ? 1904 : 1900;
  return {
    format: 'xls',
    dateSystem,
    application: undefined,
    hasMacros: stream.hasMacros,
    sheets: book.SheetNames.map((name, index) => ({ name, hidden: hiddenOf(index), kind: kindOf(book.Sheets[name]) })),
    async *groups(wanted) {
      for (const [sheet, name] of book.SheetNames.entries()) {
        if (!wanted(sheet)) continue;
        for (const rows of rowsOf(book.Sheets[name], dateSystem)) yield { sheet, rows };
      }
    },
    checkTheRest: async () => undefined,
    close: () => undefined,
  };
}

function parse(sheetJs: typeof SheetJs, bytes: Buffer): SheetJs.WorkBook {
  try {
    return sheetJs.read(bytes, {
      type: 'buffer',
      dense: true,
      cellDates: false,
      cellNF: true,
      cellText: false,
      cellHTML: false,
    });
  } catch (error) {
    // Whatever it says: the words of a library about a file that is made to mislead it are not passed on.
    if (error instanceof Error && /password|encrypt/i.test(error.message))
      throw new ContentError('ENCRYPTED', PASSWORD);
    throw new ContentError('INVALID', 'its records cannot be read: it is damaged');
  }
}

function kindOf(sheet: SheetJs.WorkSheet | undefined): Sheet['kind'] {
  const type: unknown = sheet?.['!type'];
  if (type === 'chart') return 'chart';
  return type === undefined || type === 'sheet' ? 'table' : 'other';
}

function* rowsOf(sheet: SheetJs.WorkSheet | undefined, dateSystem: 1900 | 1904): Generator<readonly Row[]> {
  const data = sheet?.['!data'] ?? [];
  let rows: Row[] = [];
  for (const [index, stored] of data.entries()) {
    const cells: Cell[] = [];
    for (const [column, cell] of (stored ?? []).entries()) {
      const found = cell === undefined ? undefined : cellOf(cell, column, dateSystem);
      if (found !== undefined) cells.push(found);
    }
    if (cells.length > 0) rows.push({ index, cells });
    if (rows.length === GROUP_ROWS) {
      yield rows;
      rows = [];
    }
  }
  if (rows.length > 0) yield rows;
}

function cellOf(cell: SheetJs.CellObject, column: number, dateSystem: 1900 | 1904): Cell | undefined {
  const value = storedValue(cell, dateSystem);
  if (cell.f !== undefined) return { column, ...value, formula: cell.f };
  return value.text === '' ? undefined : { column, ...value };
}

function storedValue({ t, v, z }: SheetJs.CellObject, dateSystem: 1900 | 1904): Pick<Cell, 'kind' | 'text'> {
  if (t === 'b') return { kind: 'boolean', text: v === true ? 'TRUE' : 'FALSE' };
  if (t === 'e') return { kind: 'error', text: ERRORS.get(v) ?? '#ERROR!' };
  if (t === 'n' && typeof v === 'number') {
    const meaning = typeof z === 'string' ? meaningOfFormat(z) : 'number';
    const date = meaning === 'number' ? undefined : isoOfSerial(v, meaning, dateSystem);
    return date === undefined ? { kind: 'number', text: String(v) } : { kind: 'date', text: date };
  }
  return { kind: 'text', text: typeof v === 'string' ? v : '' };
}
