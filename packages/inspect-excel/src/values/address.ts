/** What a sheet can have in any format that is read here (Excel since 2007, LibreOffice since 7.4). */
export const MAX_ROWS = 1_048_576;
export const MAX_COLUMNS = 16_384;

/** `A` is 0, `XFD` is 16383. Any other text is -1. */
export function columnOf(letters: string): number {
  let column = 0;
  for (let at = 0; at < letters.length; at += 1) {
    const code = letters.charCodeAt(at) & 0xdf;
    if (code < 0x41 || code > 0x5a || at > 2) return -1;
    column = column * 26 + code - 0x40;
  }
  return column <= MAX_COLUMNS ? column - 1 : -1;
}

/** The other way round: 27 is `AB`. */
export function lettersOf(column: number): string {
  let letters = '';
  for (let left = column + 1; left > 0; left = Math.floor((left - 1) / 26)) {
    letters = String.fromCharCode(0x41 + ((left - 1) % 26)) + letters;
  }
  return letters;
}

/** The column of a reference like `B7`, or -1. Quick: it is asked of each cell. */
export function columnOfReference(reference: string): number {
  let column = 0;
  let at = 0;
  for (; at < reference.length; at += 1) {
    const code = reference.charCodeAt(at);
    if (code < 0x41 || code > 0x5a) break;
    column = column * 26 + code - 0x40;
  }
  return at > 0 && at < 4 && column <= MAX_COLUMNS ? column - 1 : -1;
}
