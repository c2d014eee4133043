/** What a test writes into a cell: `=A1|2` is a formula with its stored result, `null` is no cell. */
export type TestValue = string | number | boolean | null;

/** `sheetData` of rows from the first one on, with texts in the cells. */
export function rowsOf(rows: readonly (readonly TestValue[])[]): string {
  return rows
    .map((values, row) => {
      const cells = values.map((value, column) => cellOf(value, `${letters(column)}${row + 1}`));
      return `<row r="${row + 1}">${cells.join('')}</row>`;
    })
    .join('');
}

function cellOf(value: TestValue, reference: string): string {
  if (value === null) return '';
  if (typeof value === 'number') return `<c r="${reference}"><v>${value}</v></c>`;
  if (typeof value === 'boolean') return `<c r="${reference}" t="b"><v>${value ? 1 : 0}</v></c>`;
  const [, formula, result] = /^=(.*)\|(.*)$/s.exec(value) ?? [];
  if (formula !== undefined) return `<c r="${reference}"><f>${escaped(formula)}</f><v>${result}</v></c>`;
  return `<c r="${reference}" t="inlineStr"><is><t>${escaped(value)}</t></is></c>`;
}

function letters(column: number): string {
  return column < 26
    ? String.fromCharCode(65 + column)
    : `${letters(Math.floor(column / 26) - 1)}${letters(column % 26)}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
