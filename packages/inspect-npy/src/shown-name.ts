/** Names in a file are of any length. */
const MAX_CHARACTERS = 80;

/** A name or a text of a file as it can be shown: shortened, and what a terminal would obey or not show is escaped. */
export function shownName(name: string, maxCharacters: number = MAX_CHARACTERS): string {
  const characters = [...name.slice(0, maxCharacters * 2 + 2)];
  const isCut = characters.length > maxCharacters || name.length > maxCharacters * 2 + 2;
  const shown = isCut ? `${characters.slice(0, maxCharacters - 1).join('')}…` : name;
  return shown.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escaped);
}

function escaped(character: string): string {
  const hexadecimal = (character.codePointAt(0) ?? 0).toString(16);
  return hexadecimal.length <= 2 ? `\\x${hexadecimal.padStart(2, '0')}` : `\\u{${hexadecimal}}`;
}
