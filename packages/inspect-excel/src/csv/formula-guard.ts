/** What a spreadsheet takes for the beginning of a formula when it opens a CSV: `=`, `+`, `-`, `@`, tab, CR. */
const BEGINNINGS: ReadonlySet<number> = new Set([0x3d, 0x2b, 0x2d, 0x40, 0x09, 0x0d]);
/** `-5`, `+49301234`, `-1,234.5`, `1e-7`. */
const PLAIN_NUMBER = /^[+-]?(?:\d[\d.,]*|[.,]\d+)(?:[eE][+-]?\d{1,4})?$/;

/** Would a spreadsheet run this text as a formula? A plain number does no harm, and stays what it is. */
export function isFormulaLike(text: string): boolean {
  return BEGINNINGS.has(text.charCodeAt(0)) && !PLAIN_NUMBER.test(text);
}

/** The text with the mark that makes it one for a spreadsheet. */
export function guarded(text: string): string {
  return isFormulaLike(text) ? `'${text}` : text;
}
