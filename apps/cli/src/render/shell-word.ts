import { displayName } from '@holdfast/core';

/** A word as it could be typed into a shell: quoted only where it has to be. */
export function shellWord(word: string): string {
  const shown = displayName(word);
  return /^[\w@%+=:,./~-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}
