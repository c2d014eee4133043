import { printable } from './printable.js';

/** A word as it could be typed into a shell: quoted only where it has to be. */
export function shellWord(word: string): string {
  const shown = printable(word);
  return /^[\w@%+=:,./~-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}
