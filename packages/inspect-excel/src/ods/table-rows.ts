import { ContentError } from '../content-error.js';
import { MAX_COLUMNS, MAX_ROWS } from '../values/address.js';
import type { Cell, Row } from '../workbook/workbook.js';
import { attributeOf } from '../xml/attributes.js';
import type { XmlHandler } from '../xml/scanner.js';
import type { Budget } from '../zip/budget.js';
import { cellText } from './cell-text.js';
import { odsFormula, odsValue } from './cell-value.js';

/** Takes what is in the tables. */
export interface TableSink {
  beginSheet(): void;
  tell(row: Row): void;
  /** What a few bytes repeat is what comes out of them. */
  readonly budget: Budget;
}

/** Reads the tables of `content.xml`. A table within a cell is no sheet, and is passed over. */
export function odsHandler(sink: TableSink): XmlHandler {
  const text = cellText();
  let tables = 0;
  let row = 0;
  let rowRepeats = 1;
  let column = 0;
  let cells: Cell[] = [];
  /** Of the cell that is being read; `undefined` outside of cells. */
  let attributes: string | undefined;
  let depth = 0;

  function endCell(written: string): void {
    const repeats = repeatsOf(written, 'table:number-columns-repeated');
    const formula = attributeOf(written, 'table:formula');
    const value = odsValue(written, text.take());
    if (value.text !== '' || formula !== undefined) {
      if (column + repeats > MAX_COLUMNS)
        throw new ContentError('INVALID', 'a sheet has more columns than there can be');
      sink.budget.take(repeats * (value.text.length + 1));
      for (let repeat = 0; repeat < repeats; repeat += 1) {
        cells.push({
          column: column + repeat,
          ...value,
          ...(formula === undefined ? {} : { formula: odsFormula(formula) }),
        });
      }
    }
    column += repeats;
  }

  function endRow(): void {
    if (cells.length > 0) {
      if (row + rowRepeats > MAX_ROWS) throw new ContentError('INVALID', 'a sheet has more rows than there can be');
      if (rowRepeats > 1) sink.budget.take(rowRepeats * cells.reduce((sum, cell) => sum + cell.text.length + 1, 0));
      for (let repeat = 0; repeat < rowRepeats; repeat += 1) sink.tell({ index: row + repeat, cells });
    }
    row += rowRepeats;
  }

  return {
    open(name, written) {
      if (name === 'table') {
        tables += 1;
        if (tables > 1) return;
        sink.beginSheet();
        row = 0;
      } else if (tables !== 1) return;
      else if (attributes !== undefined) {
        depth += 1;
        text.open(name, depth, attributeOf(written, 'text:c'));
      } else if (name === 'table-row') {
        rowRepeats = repeatsOf(written, 'table:number-rows-repeated');
        column = 0;
        cells = [];
      } else if (name === 'table-cell' || name === 'covered-table-cell') {
        attributes = written;
        depth = 0;
      }
    },
    text(piece) {
      if (attributes !== undefined && tables === 1) text.text(piece);
    },
    close(name) {
      if (name === 'table') tables -= 1;
      else if (tables !== 1) return;
      else if (attributes === undefined) {
        if (name === 'table-row') endRow();
      } else if (depth === 0) {
        endCell(attributes);
        attributes = undefined;
      } else {
        text.close(name, depth);
        depth -= 1;
      }
    },
  };
}

function repeatsOf(attributes: string, name: string): number {
  const written = attributeOf(attributes, name);
  if (written === undefined) return 1;
  const repeats = Number(written);
  if (!Number.isInteger(repeats) || repeats < 1)
    throw new ContentError('INVALID', 'a sheet repeats a cell in a way that is none');
  return repeats;
}
