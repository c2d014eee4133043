import { columnOf, MAX_ROWS } from './address.js';

/** A cell as a person names it. */
export interface NamedPlace {
  /** `undefined`: the first one. */
  readonly sheet: string | undefined;
  readonly row: number;
  readonly column: number;
}

/** Reads `B7`, `$B$7`, `Sheet!B7`, `'My Sheet'!B7` (a `'` in the name is doubled). `undefined` if it names no cell. */
export function parsePlace(text: string): NamedPlace | undefined {
  const bang = text.lastIndexOf('!');
  const [, letters = '', number = ''] = /^\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})$/.exec(text.slice(bang + 1).trim()) ?? [];
  const column = letters === '' ? -1 : columnOf(letters);
  const row = Number(number) - 1;
  if (column === -1 || row < 0 || row >= MAX_ROWS) return undefined;
  return { sheet: bang === -1 ? undefined : sheetName(text.slice(0, bang)), row, column };
}

function sheetName(written: string): string {
  const [, quoted] = /^\s*'(.*)'\s*$/s.exec(written) ?? [];
  return quoted === undefined ? written : quoted.replaceAll("''", "'");
}
