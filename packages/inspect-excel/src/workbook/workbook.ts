/** What kind of thing a cell holds. Only a `text` is guarded in the CSV, and only a `text` is one to a program that reads it. */
export type CellKind = 'number' | 'text' | 'boolean' | 'error' | 'date';

/** A cell with something in it. Places count from 0. */
export interface Cell {
  readonly column: number;
  readonly kind: CellKind;
  /** As the CSV has it, but not guarded; empty where a formula has no stored result. */
  readonly text: string;
  /** Without `=`; in a shared one the formula of its first cell, at {@link Cell.formulaFrom}. */
  readonly formula?: string;
  /** Where the formula was written for, if that is another cell. */
  readonly formulaFrom?: { readonly row: number; readonly column: number };
}

/** A row with at least one cell, in the order of the columns. */
export interface Row {
  readonly index: number;
  readonly cells: readonly Cell[];
}

/** Some rows of one sheet. */
export interface RowGroup {
  readonly sheet: number;
  readonly rows: readonly Row[];
}

/** A sheet as the workbook names it. */
export interface Sheet {
  readonly name: string;
  /** `very`: only a program can show it. */
  readonly hidden: false | true | 'very';
  /** Only a `table` has cells. */
  readonly kind: 'table' | 'chart' | 'other';
}

export type WorkbookFormat = 'xlsx' | 'xlsm' | 'xls' | 'ods';

/** A workbook that is open for reading, whatever its format. */
export interface Workbook {
  readonly format: WorkbookFormat;
  /** 1900 or 1904: what day a number means. `undefined` where dates are not numbers. */
  readonly dateSystem: 1900 | 1904 | undefined;
  /** What program says to have written it. */
  readonly application: string | undefined;
  readonly hasMacros: boolean;
  readonly sheets: readonly Sheet[];
  /**
   * The rows of the sheets that are wanted, sheet after sheet, in their order, in groups that are as large as what is read at a time. Rows without a
   * cell are left out, and so are sheets without a row. May be called again, and again before the first one has ended.
   *
   * @throws ContentError
   */
  groups(wanted: (sheet: number) => boolean): AsyncGenerator<RowGroup, void, undefined>;
  /** What has not been read is checked as far as the format can be. */
  checkTheRest(): Promise<void>;
  close(): void;
}
