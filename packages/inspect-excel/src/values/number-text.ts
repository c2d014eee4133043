/**
 * A number of a workbook as the CSV has it. A whole number keeps the digits it is stored with, also those that a double has no room for
 * (1234567890123456789 is an id to whoever wrote it); any other is the shortest text that gives the same double: 0.1, not the stored
 * 0.10000000000000001.
 */
export function numberText(stored: string): string {
  if (isWhole(stored)) return stored;
  const trimmed = stored.trim();
  const value = Number(trimmed);
  // What is no number, or too large to be one, stays as it is written.
  return trimmed === '' || !Number.isFinite(value) || NO_NUMERAL.test(trimmed) ? trimmed : String(value);
}

/** JavaScript takes 0x10 for a number; no workbook does. */
const NO_NUMERAL = /[a-df-z]/i;

/** Digits, and a minus at most; no leading zero. By hand, for it is asked of each number of a sheet. */
function isWhole(text: string): boolean {
  const begin = text.charCodeAt(0) === 0x2d ? 1 : 0;
  const first = text.charCodeAt(begin);
  if (text.length === begin || (first === 0x30 && text.length > 1)) return false;
  for (let at = begin; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}
