/** A text of the file in at most so many characters, none of them cut in half, and none that is only half of one: it is to stand in JSON. */
export function shortText(text: string, maxCharacters: number): string {
  const characters = [...text.slice(0, 2 * maxCharacters + 2)].map((character) =>
    character.replace(/\p{Cs}/u, '\u{FFFD}'),
  );
  if (characters.length <= maxCharacters) return characters.join('');
  return `${characters.slice(0, maxCharacters - 1).join('')}…`;
}
