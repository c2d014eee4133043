import { ContentError } from '../content-error.js';
import { columnOfReference, MAX_COLUMNS, MAX_ROWS } from '../values/address.js';
import type { NumberMeaning } from '../values/number-format.js';
import { numberText } from '../values/number-text.js';
import { asSaid } from '../values/said-kind.js';
import { isoOfSerial } from '../values/serial-date.js';
import type { Cell, Row } from '../workbook/workbook.js';
import { attributeOf } from '../xml/attributes.js';
import { unescapeCellText } from '../xml/entities.js';
import type { XmlHandler } from '../xml/scanner.js';
import { textCollector } from '../xml/text-collector.js';
import type { Archive } from '../zip/archive.js';
import { scanPart } from '../zip/read-part.js';
import { cellAttributes } from './cell-attributes.js';
import { type SharedFormulas, sharedFormulas } from './shared-formulas.js';
import type { SharedStrings } from './shared-strings.js';

/** What the cells of a sheet refer to. */
export interface SheetContext {
  readonly archive: Archive;
  readonly strings: SharedStrings;
  readonly styles: readonly NumberMeaning[];
  readonly dateSystem: 1900 | 1904;
}

/**
 * The rows of a sheet, as they come out of the archive: one piece of it is in memory, whatever range the sheet says to use.
 *
 * @throws ContentError
 */
export async function* sheetRows(context: SheetContext, part: string): AsyncGenerator<readonly Row[], void, undefined> {
  let rows: Row[] = [];
  for await (const _ of scanPart(
    context.archive,
    part,
    sheetHandler(context, (row) => rows.push(row)),
  )) {
    if (rows.length === 0) continue;
    yield rows;
    rows = [];
  }
}

function sheetHandler(context: SheetContext, tell: (row: Row) => void): XmlHandler {
  const text = textCollector();
  const formulas = sharedFormulas();
  let isInData = false;
  let row = -1;
  let column = -1;
  let cells: Cell[] = [];
  let isSorted = true;
  // Of the cell that is being read.
  let type = '';
  let style = 0;
  let value: string | undefined;
  let formula: ReturnType<SharedFormulas['take']>;
  /** What the text that comes belongs to: `v`, `f`, `t`, or nothing. */
  let within = '';
  let phonetic = 0;

  function beginRow(attributes: string): void {
    const written = attributeOf(attributes, 'r');
    const next = written === undefined ? row + 1 : Number(written) - 1;
    if (!(Number.isInteger(next) && next > row && next < MAX_ROWS))
      throw new ContentError('INVALID', 'the rows of a sheet are not in their order');
    row = next;
    column = -1;
    cells = [];
    isSorted = true;
  }

  function beginCell(attributes: string): void {
    const written = cellAttributes(attributes);
    const next = written.r === undefined ? column + 1 : columnOfReference(written.r);
    if (next < 0 || next >= MAX_COLUMNS) throw new ContentError('INVALID', 'a cell of a sheet has no place');
    if (next <= column) isSorted = false;
    column = next;
    type = written.t ?? 'n';
    style = written.s === undefined ? 0 : Number(written.s);
    value = undefined;
    formula = undefined;
  }

  function endCell(): void {
    const cell = cellOf(context, { type, style, value });
    if (formula === undefined) {
      if (cell.text !== '') cells.push({ column, ...cell });
    } else cells.push({ column, ...cell, ...formula });
  }

  function endRow(): void {
    if (!isSorted) cells = inOrder(cells);
    if (cells.length > 0) tell({ index: row, cells });
  }

  return {
    open(name, attributes) {
      if (!isInData) isInData = name === 'sheetData';
      else if (name === 'c') beginCell(attributes);
      else if (name === 'v') within = 'v';
      else if (name === 'row') beginRow(attributes);
      else if (name === 't') within = phonetic === 0 ? 't' : '';
      else if (name === 'f') {
        within = 'f';
        formulas.begin(attributes);
      } else if (name === 'rPh') phonetic += 1;
    },
    text(piece) {
      if (within !== '') text.add(piece);
    },
    close(name) {
      if (!isInData) return;
      if (name === 'c') endCell();
      else if (name === within) {
        within = '';
        const whole = text.take();
        if (name === 'v') value = whole;
        else if (name === 't') value = (value ?? '') + unescapeCellText(whole);
        else formula = formulas.take(whole, row, column);
      } else if (name === 'row') endRow();
      else if (name === 'rPh') phonetic -= 1;
      else if (name === 'sheetData') isInData = false;
    },
  };
}

/** From left to right. Of a place that is written twice the last one counts, as in LibreOffice and openpyxl; Excel repairs such a file. */
function inOrder(cells: readonly Cell[]): Cell[] {
  const byColumn = new Map(cells.map((cell) => [cell.column, cell]));
  return [...byColumn.values()].sort((a, b) => a.column - b.column);
}

interface StoredCell {
  readonly type: string;
  readonly style: number;
  readonly value: string | undefined;
}

/** What a cell holds, by its type (`ST_CellType`: ECMA-376, 18.18.11). */
function cellOf(context: SheetContext, { type, style, value }: StoredCell): Pick<Cell, 'kind' | 'text'> {
  const stored = value ?? '';
  if (type === 'n') return numberCell(context, style, stored);
  if (type === 's') return { kind: 'text', text: stored === '' ? '' : sharedText(context, stored) };
  if (type === 'inlineStr') return { kind: 'text', text: stored };
  if (type === 'b') return { kind: 'boolean', text: booleanText(stored) };
  if (type === 'e') return asSaid('error', stored);
  if (type === 'd') return asSaid('date', stored);
  return { kind: 'text', text: unescapeCellText(stored) };
}

function sharedText({ strings }: SheetContext, stored: string): string {
  const text = strings.at(Number(stored));
  if (text === undefined) throw new ContentError('INVALID', 'a cell names a text that the workbook does not have');
  return text;
}

function booleanText(stored: string): string {
  if (stored === '') return '';
  return /^\s*(?:1|true)\s*$/i.test(stored) ? 'TRUE' : 'FALSE';
}

function numberCell({ styles, dateSystem }: SheetContext, style: number, stored: string): Pick<Cell, 'kind' | 'text'> {
  const meaning = styles[style] ?? 'number';
  if (meaning !== 'number' && stored !== '') {
    const date = isoOfSerial(Number(stored), meaning, dateSystem);
    if (date !== undefined) return { kind: 'date', text: date };
  }
  return asSaid('number', numberText(stored));
}
