import type { Cell } from '../workbook/workbook.js';
import { shiftedFormula } from './references.js';

/** The formula of a cell as a spreadsheet shows it, with `=`; `undefined` if it has none. */
export function cellFormula(cell: Cell, row: number): string | undefined {
  const { formula, formulaFrom, column } = cell;
  if (formula === undefined) return undefined;
  return `=${formulaFrom === undefined ? formula : shiftedFormula(formula, formulaFrom, { row, column })}`;
}
