/** East Asian wide and fullwidth blocks, and emoji: two columns each (Unicode TR 11; blocks, not single characters). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{17000}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NONE = /\p{Mark}|[\u200b-\u200d]|[\ufe00-\ufe0f]/u;

/** How many columns of a terminal a text takes. Good for one line of progress; nothing else rests on it. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The text, its middle replaced by `…` where it is wider than `columns`: both ends of a path say something. */
export function shortened(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 4) return '';
  const characters = [...text];
  let room = columns - 1;
  let head = '';
  let tail = '';
  for (let first = 0, last = characters.length - 1; first <= last; ) {
    const fromTail = displayWidth(tail) < displayWidth(head) * 2 + 1;
    const character = characters[fromTail ? last-- : first++] ?? '';
    room -= characterWidth(character);
    if (room < 0) break;
    if (fromTail) tail = character + tail;
    else head += character;
  }
  return `${head}…${tail}`;
}

/** The text with spaces up to `columns`. */
export function padded(text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, columns - displayWidth(text)));
  return side === 'left' ? text + space : space + text;
}

function characterWidth(character: string): number {
  if (NONE.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
