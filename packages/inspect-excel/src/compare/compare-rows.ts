import { cellFormula } from '../formulas/cell-formula.js';
import { relativeFormula } from '../formulas/references.js';
import { lettersOf } from '../values/address.js';
import type { Cell, Row } from '../workbook/workbook.js';
import type { ChangeCounts, ChangeLog } from './change-log.js';
import type { ColumnMap } from './sheet-outline.js';

/** What the rows of two versions of a sheet are compared by. */
export interface RowComparer {
  /** The name of the sheet, for the places. */
  readonly sheet: string;
  readonly counts: ChangeCounts;
  readonly log: ChangeLog;
  readonly withFormulas: boolean;
  readonly columnBefore: ColumnMap;
  readonly columnAfter: ColumnMap;
}

/** Rows that belong together keep at least this share of their cells, or else one went and another one came. */
const KEPT_SHARE = 0.3;

/** Compares two rows; `undefined` where one side has none. */
export function compareRows(comparer: RowComparer, before: Row | undefined, after: Row | undefined): void {
  if (before !== undefined && after !== undefined && isSameRow(comparer, before, after)) {
    compareCells(comparer, before, after);
    return;
  }
  if (before !== undefined) {
    comparer.counts.rowsRemoved += 1;
    comparer.log.add({ place: rowPlace(comparer, before), change: 'removed', before: rowText(before) });
  }
  if (after !== undefined) {
    comparer.counts.rowsAdded += 1;
    comparer.log.add({ place: rowPlace(comparer, after), change: 'added', after: rowText(after) });
  }
}

interface CellPair {
  readonly before: Cell | undefined;
  readonly after: Cell | undefined;
}

function isSameRow(comparer: RowComparer, before: Row, after: Row): boolean {
  const pairs = cellPairs(comparer, before, after);
  const kept = pairs.filter((pair) => isSameValue(pair)).length;
  const [first] = pairs;
  // One short row of which a cell was changed keeps little: its first cell, or its place, is enough.
  return first === undefined || isSameValue(first) || kept >= pairs.length * KEPT_SHARE || pairs.length <= 2;
}

function compareCells(comparer: RowComparer, before: Row, after: Row): void {
  const { counts, log } = comparer;
  for (const pair of cellPairs(comparer, before, after)) {
    if (!isSameValue(pair)) {
      counts.cellsChanged += 1;
      log.add(valueChange(comparer, pair, before, after));
    } else if (comparer.withFormulas && !isSameFormula(pair, before, after)) {
      counts.formulasChanged += 1;
      log.add(formulaChange(comparer, pair, before, after));
    }
  }
}

/** The cells of both, column by column; those of columns that only one side has are left out. */
function cellPairs({ columnBefore, columnAfter }: RowComparer, before: Row, after: Row): readonly CellPair[] {
  const pairs: CellPair[] = [];
  let b = 0;
  for (const cell of before.cells) {
    const column = columnBefore(cell.column);
    if (column === -1) continue;
    for (; b < after.cells.length; b += 1) {
      const other = after.cells[b];
      const otherColumn = other === undefined ? -1 : columnAfter(other.column);
      if (otherColumn >= column) break;
      if (otherColumn !== -1) pairs.push({ before: undefined, after: other });
    }
    const other = after.cells[b];
    const isBoth = other !== undefined && columnAfter(other.column) === column;
    if (isBoth) b += 1;
    pairs.push({ before: cell, after: isBoth ? other : undefined });
  }
  for (const other of after.cells.slice(b)) {
    if (columnAfter(other.column) !== -1) pairs.push({ before: undefined, after: other });
  }
  return pairs;
}

/** A formula without a result and no cell at all are alike here: nothing is seen in either. */
function isSameValue({ before, after }: CellPair): boolean {
  const a = before?.text ?? '';
  const b = after?.text ?? '';
  return a === b && (a === '' || before?.kind === after?.kind);
}

function isSameFormula({ before, after }: CellPair, rowBefore: Row, rowAfter: Row): boolean {
  if (before?.formula === undefined || after?.formula === undefined) return before?.formula === after?.formula;
  return (
    cellFormula(before, rowBefore.index) === cellFormula(after, rowAfter.index) ||
    relative(before, rowBefore) === relative(after, rowAfter)
  );
}

function relative({ formula = '', formulaFrom, column }: Cell, { index }: Row): string {
  return relativeFormula(formula, formulaFrom ?? { row: index, column });
}

function valueChange(
  comparer: RowComparer,
  { before, after }: CellPair,
  rowBefore: Row,
  rowAfter: Row,
): Parameters<ChangeLog['add']>[0] {
  if (after === undefined || after.text === '') {
    return { place: cellPlace(comparer, before, rowBefore), change: 'removed', before: before?.text ?? '' };
  }
  const place = cellPlace(comparer, after, rowAfter);
  if (before === undefined || before.text === '') return { place, change: 'added', after: after.text };
  // The same signs, once as a number and once as a text: only the kind tells them apart.
  const kind = (cell: Cell): string => (before.text === after.text ? `${cell.text} (${cell.kind})` : cell.text);
  return { place, change: 'changed', before: kind(before), after: kind(after) };
}

function formulaChange(
  comparer: RowComparer,
  { before, after }: CellPair,
  rowBefore: Row,
  rowAfter: Row,
): Parameters<ChangeLog['add']>[0] {
  const text = (cell: Cell | undefined, { index }: Row): string =>
    cell === undefined ? '' : (cellFormula(cell, index) ?? cell.text);
  return {
    place: cellPlace(comparer, after ?? before, after === undefined ? rowBefore : rowAfter),
    change: 'changed',
    before: text(before, rowBefore),
    after: text(after, rowAfter),
  };
}

function cellPlace({ sheet }: RowComparer, cell: Cell | undefined, { index }: Row): string {
  return `${sheet}!${lettersOf(cell?.column ?? 0)}${index + 1}`;
}

function rowPlace({ sheet }: RowComparer, { index }: Row): string {
  return `${sheet}!${index + 1}:${index + 1}`;
}

function rowText({ cells }: Row): string {
  return cells.map(({ text }) => text).join(', ');
}
