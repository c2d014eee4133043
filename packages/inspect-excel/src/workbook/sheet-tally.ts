import { isFormulaLike } from '../csv/formula-guard.js';
import type { Row, Workbook } from './workbook.js';

/** What one reading of a sheet has counted. */
export interface SheetTally {
  /** The last row and the last column with something in it, counted from 1: the range that is used, whatever the sheet says. */
  readonly rows: number;
  readonly columns: number;
  readonly cells: number;
  readonly formulas: number;
  /** Formulas whose result is not in the file: no spreadsheet has ever calculated it. */
  readonly formulasWithoutResult: number;
  /** Texts that a spreadsheet would run: they are guarded in the CSV. */
  readonly formulaLikeTexts: number;
  /** Of the CSV, about: with its separators, if each row ends behind its last cell. */
  readonly csvCharacters: number;
}

/** Nothing is in it. */
export const EMPTY_TALLY: SheetTally = {
  rows: 0,
  columns: 0,
  cells: 0,
  formulas: 0,
  formulasWithoutResult: 0,
  formulaLikeTexts: 0,
  csvCharacters: 0,
};

/**
 * Reads all sheets to their end and counts.
 *
 * @throws ContentError
 */
export async function tallySheets(workbook: Workbook): Promise<readonly SheetTally[]> {
  const tallies = workbook.sheets.map(() => ({ ...EMPTY_TALLY }));
  for await (const { sheet, rows } of workbook.groups(() => true)) {
    const tally = tallies[sheet];
    if (tally !== undefined) for (const row of rows) addRow(tally, row);
  }
  for (const tally of tallies) tally.csvCharacters += 2 * tally.rows;
  return tallies;
}

function addRow(tally: { -readonly [Name in keyof SheetTally]: number }, row: Row): void {
  tally.rows = row.index + 1;
  tally.cells += row.cells.length;
  let column = 0;
  for (const cell of row.cells) {
    column = cell.column;
    tally.csvCharacters += cell.text.length;
    if (cell.formula !== undefined) {
      tally.formulas += 1;
      // A text may be empty: that is a result.
      if (cell.text === '' && cell.kind !== 'text') tally.formulasWithoutResult += 1;
    }
    if (cell.kind === 'text' && isFormulaLike(cell.text)) tally.formulaLikeTexts += 1;
  }
  tally.csvCharacters += column;
  if (column >= tally.columns) tally.columns = column + 1;
}
