import type { ContentValue, InspectLimits } from '@holdfast/core/inspect';
import { cellFormula } from '../formulas/cell-formula.js';
import { parsePlace } from '../values/place.js';
import { openWorkbook, type WorkbookFile } from './open-workbook.js';
import type { Row, Sheet, Workbook } from './workbook.js';

/**
 * What stands in one cell; `undefined` if nothing does, or there is no such sheet. Reads no further than to that cell.
 *
 * @throws ContentError; an error of the system.
 */
export async function valueAt(
  file: WorkbookFile,
  place: string,
  limits: InspectLimits,
): Promise<ContentValue | undefined> {
  const named = parsePlace(place);
  if (named === undefined) return undefined;
  const workbook = await openWorkbook(file, limits);
  try {
    const sheet = sheetOf(workbook.sheets, named.sheet);
    const row = sheet === -1 ? undefined : await rowAt(workbook, sheet, named.row);
    const cell = row?.cells.find(({ column }) => column === named.column);
    if (cell === undefined) return undefined;
    const formula = cellFormula(cell, named.row);
    return { text: cell.text, ...(formula === undefined ? {} : { formula }) };
  } finally {
    workbook.close();
  }
}

/** The first one if none is named. As in a spreadsheet, no two names differ by their case alone. */
function sheetOf(sheets: readonly Sheet[], name: string | undefined): number {
  if (name === undefined) return sheets.findIndex(({ kind }) => kind === 'table');
  const exact = sheets.findIndex((sheet) => sheet.name === name);
  return exact === -1 ? sheets.findIndex((sheet) => sheet.name.toLowerCase() === name.toLowerCase()) : exact;
}

async function rowAt(workbook: Workbook, sheet: number, wanted: number): Promise<Row | undefined> {
  for await (const { rows } of workbook.groups((index) => index === sheet)) {
    const found = rows.find(({ index }) => index >= wanted);
    if (found !== undefined) return found.index === wanted ? found : undefined;
  }
  return undefined;
}
