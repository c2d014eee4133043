import { ContentError } from '../content-error.js';
import { relativeFormula } from '../formulas/references.js';
import type { Cell, CellKind, Row, Workbook } from '../workbook/workbook.js';
import { type NumberList, numberList } from './number-list.js';
import { type TextHash, textHash } from './text-hash.js';

/** What is held of a sheet to compare it: some numbers a row, never the cells. Rows without a cell are not counted. */
export interface SheetOutline {
  /** Where each row stands, from 0. */
  readonly rows: NumberList;
  /** Of the values, with their columns. */
  readonly values: NumberList;
  /** Of its first cell: mostly what tells one row from another for a person, too. */
  readonly keys: NumberList;
  /** Of the formulas as they are written; 0 without any. */
  readonly formulas: NumberList;
  /** Of the formulas as seen from their cells; a row that was only moved keeps it. */
  readonly relative: NumberList;
  /** The first row. */
  readonly header: readonly Cell[];
}

/** About 32 bytes each, and there are two files. */
const MAX_ROWS = 3_000_000;
const KINDS: readonly CellKind[] = ['number', 'text', 'boolean', 'error', 'date'];

/** Where a column of this sheet stands in the other one; -1: nowhere, and it does not count. */
export type ColumnMap = (column: number) => number;

interface GrowingOutline extends SheetOutline {
  header: readonly Cell[];
}

/**
 * The outlines of the sheets that are wanted, by their place; of the others an empty one.
 *
 * @throws ContentError `TOO_LARGE`: more rows than are compared.
 */
export async function outlinesOf(
  workbook: Workbook,
  wanted: (sheet: number) => boolean = () => true,
  columnMap: ColumnMap = (column) => column,
): Promise<readonly SheetOutline[]> {
  const outlines = workbook.sheets.map((): GrowingOutline => {
    const doubles = (): NumberList => numberList((size) => new Float64Array(size));
    const rows = numberList((size) => new Int32Array(size));
    return { rows, values: doubles(), keys: doubles(), formulas: doubles(), relative: doubles(), header: [] };
  });
  const hash = textHash();
  let count = 0;
  for await (const { sheet, rows } of workbook.groups(wanted)) {
    const outline = outlines[sheet];
    if (outline === undefined) continue;
    count += rows.length;
    if (count > MAX_ROWS) throw new ContentError('TOO_LARGE', `workbooks are compared up to ${MAX_ROWS} rows`);
    for (const row of rows) addRow(outline, row, columnMap, hash);
  }
  return outlines;
}

function addRow(outline: GrowingOutline, row: Row, columnMap: ColumnMap, hash: TextHash): void {
  if (outline.rows.length === 0) outline.header = row.cells;
  outline.rows.push(row.index);
  const [first] = row.cells;
  if (first !== undefined) addCell(first, columnMap, hash);
  outline.keys.push(hash.take());
  for (const cell of row.cells) addCell(cell, columnMap, hash);
  outline.values.push(hash.take());
  const formulas = row.cells.filter(({ formula }) => formula !== undefined);
  outline.formulas.push(formulas.length === 0 ? 0 : formulaHash(formulas, row.index, hash, false));
  outline.relative.push(formulas.length === 0 ? 0 : formulaHash(formulas, row.index, hash, true));
}

function addCell({ column, kind, text }: Cell, columnMap: ColumnMap, hash: TextHash): void {
  const mapped = columnMap(column);
  if (mapped === -1 || text === '') return;
  hash.number(mapped);
  hash.number(KINDS.indexOf(kind));
  hash.text(text);
}

function formulaHash(cells: readonly Cell[], row: number, hash: TextHash, isRelative: boolean): number {
  for (const { column, formula = '', formulaFrom } of cells) {
    hash.number(column);
    if (isRelative) hash.text(relativeFormula(formula, formulaFrom ?? { row, column }));
    else
      hash.text(
        formulaFrom === undefined ? formula : `${formula}@${row - formulaFrom.row},${column - formulaFrom.column}`,
      );
  }
  return hash.take();
}

/** Do two sheets hold the same at the same places? Formulas count as they are written or as they are seen from their cells. */
export function isSameOutline(a: SheetOutline, b: SheetOutline): boolean {
  if (a.rows.length !== b.rows.length) return false;
  for (let at = 0; at < a.rows.length; at += 1) {
    if (a.rows.at(at) !== b.rows.at(at) || a.values.at(at) !== b.values.at(at) || !isSameFormulas(a, at, b, at))
      return false;
  }
  return true;
}

/** Do two rows have the same formulas? */
export function isSameFormulas(a: SheetOutline, rowA: number, b: SheetOutline, rowB: number): boolean {
  return a.formulas.at(rowA) === b.formulas.at(rowB) || a.relative.at(rowA) === b.relative.at(rowB);
}
