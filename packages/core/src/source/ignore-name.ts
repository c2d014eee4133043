import { ANY_NUMBER, wildcardMatch } from '../snapshot/wildcard-match.js';

/** What is wrong with a pattern: it could never match anything. */
export class PatternFault extends Error {
  override readonly name = 'PatternFault';
}

type CharacterTest = (character: number) => boolean;

/** One piece of a pattern: a character by its code point, one of a set, or any number of any characters. */
export type PatternPiece = number | CharacterTest | typeof ANY_NUMBER;

/** Does a name fit? */
export type NameTest = (name: string) => boolean;

/** Makes a test of the pieces of one segment of a path. What most patterns are (`name`, `*.ending`) costs one comparison. */
export function nameTest(pieces: readonly PatternPiece[]): NameTest {
  const [first, ...rest] = pieces;
  if (pieces.every(isCharacter)) {
    const text = textOf(pieces);
    return (name) => name === text;
  }
  if (first === ANY_NUMBER && rest.every(isCharacter)) {
    const ending = textOf(rest);
    return (name) => name.endsWith(ending);
  }
  return (name) => wildcardMatch(pieces, Array.from(name, codePointOf), fits);
}

function isCharacter(piece: PatternPiece): piece is number {
  return typeof piece === 'number';
}

function fits(piece: number | CharacterTest, character: number): boolean {
  return typeof piece === 'number' ? piece === character : piece(character);
}

function textOf(characters: readonly number[]): string {
  return String.fromCodePoint(...characters);
}

function codePointOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
