/** What numbers with a format mean. `duration` is a time that may be longer than a day: `[h]:mm`. */
export type NumberMeaning = 'number' | 'date' | 'time' | 'dateTime' | 'duration';

/** Built-in formats that are dates or times (ECMA-376, 18.8.30), those of East Asian languages too. */
const BUILT_IN: ReadonlyMap<number, NumberMeaning> = new Map([
  ...([14, 15, 16, 17] as const).map((id) => [id, 'date'] as const),
  ...([18, 19, 20, 21, 45, 47] as const).map((id) => [id, 'time'] as const),
  [22, 'dateTime'] as const,
  [46, 'duration'] as const,
  ...([27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58] as const).map((id) => [id, 'date'] as const),
  ...([32, 33, 34, 35, 55, 56] as const).map((id) => [id, 'time'] as const),
]);

/** What a built-in format means; `number` for all that the standard does not call a date. */
export function meaningOfBuiltIn(id: number): NumberMeaning {
  return BUILT_IN.get(id) ?? 'number';
}

/**
 * What a format that was written out means: `dd/mm/yyyy` a date, `[h]:mm` a duration, `0.00 "days"` a number. Only its first section
 * counts: it is the one of positive numbers.
 */
export function meaningOfFormat(format: string): NumberMeaning {
  const { letters, isDuration } = read(format);
  if (isDuration) return 'duration';
  // "General" has letters of a date, and so has what a program leaves unquoted behind digits: 0.0 kg.
  if (/general/.test(letters) || /[0#?]/.test(letters.replace(/(?<=s)[.,]0+/g, ''))) return 'number';
  const hasTime = /[hs]|a\/p|am\/pm/.test(letters);
  // b: Buddhist year; e: year of an era; g: name of an era.
  const hasDay = /[ydbge]/.test(letters);
  // Minutes stand beside hours or seconds, months anywhere else. No expression may go over the same letters twice: a format can be a megabyte long.
  const hasMonth = /m/.test(
    letters
      .replace(/h[^a-z]*m{1,2}(?!m)/g, 'h')
      .replace(/(?<!m)m{1,2}[^a-z]*s/g, 's')
      .replace(/am\/pm/g, ''),
  );
  const isDate = hasDay || hasMonth;
  if (isDate && hasTime) return 'dateTime';
  if (isDate) return 'date';
  return hasTime ? 'time' : 'number';
}

/** The first section without what is printed as it stands: quoted, escaped, padded (`_x`), filled (`*x`), in brackets. */
function read(format: string): { readonly letters: string; readonly isDuration: boolean } {
  let letters = '';
  let isDuration = false;
  for (let at = 0; at < format.length; at += 1) {
    const character = format.charAt(at);
    if (character === ';') break;
    if (character === '"') at = endOf(format, '"', at);
    else if (character === '\\' || character === '_' || character === '*') at += 1;
    else if (character === '[') {
      const end = endOf(format, ']', at);
      if (/^(?:h+|m+|s+)$/i.test(format.slice(at + 1, end))) isDuration = true;
      at = end;
    } else letters += character.toLowerCase();
  }
  return { letters, isDuration };
}

function endOf(format: string, character: string, from: number): number {
  const end = format.indexOf(character, from + 1);
  return end === -1 ? format.length : end;
}
