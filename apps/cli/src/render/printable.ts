/**
 * What must not reach a terminal as it is, because it moves the cursor, clears the screen, ends the line or turns the
 * direction of writing: control characters (C0, DEL, C1), line and paragraph separators, bidirectional marks,
 * isolates and overrides (Unicode TR 9, section 2), and halves of surrogate pairs.
 */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A name as it can be shown: `a\x1b[2Jb` for a name with an escape sequence in it. Everything printable stays as it is. */
export function printable(name: string): string {
  return name.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return SHORT[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
  });
}

/** As {@link printable}, for text of several lines: line ends stay. */
export function printableText(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** JSON in which no character can move a terminal's cursor. JSON.stringify escapes C0 only; the rest becomes `\uXXXX`, which means the same. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(UNPRINTABLE, (character) => `\\u${hex(character.charCodeAt(0), 4)}`);
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0');
}
