import { ANY_NUMBER, wildcardMatch } from './wildcard-match.js';

/** One place of a pattern: a character by its code point, any one, or one of a class. */
type Place = number | 'one' | CharacterClass;

type Token = Place | typeof ANY_NUMBER;

interface CharacterClass {
  readonly negated: boolean;
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

/** What {@link displayName} prints for characters that move a cursor: a name can be typed as it was shown. */
const SHOWN_ESCAPE = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([nrt]))/;
const LETTER_ESCAPES: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09 };

/** Compiles a pattern for one name (no `/` in it) to a test. `[` without its `]` is an ordinary character. */
export function namePattern(text: string): (name: string) => boolean {
  const tokens = tokensOf(text);
  if (tokens.every((token) => typeof token === 'number')) {
    const literal = String.fromCodePoint(...tokens);
    return (name) => name === literal;
  }
  return (name) => wildcardMatch(tokens, Array.from(name, codePointOf), fits);
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const found = tokenAt(text, at);
    tokens.push(found.token);
    at = found.end;
  }
  return tokens;
}

function tokenAt(text: string, at: number): { token: Token; end: number } {
  if (text[at] === '*') return { token: ANY_NUMBER, end: at + 1 };
  if (text[at] === '?') return { token: 'one', end: at + 1 };
  if (text[at] === '[') {
    const found = classAt(text, at);
    if (found !== undefined) return found;
  }
  const { code, end } = characterAt(text, at);
  return { token: code, end };
}

/** The character at this place, with `\` taken away. A `\` at the very end is itself. */
function characterAt(text: string, at: number): { code: number; end: number } {
  if (text[at] !== '\\' || at + 1 === text.length) return plainAt(text, at);
  const shown = SHOWN_ESCAPE.exec(text.slice(at + 1));
  if (shown === null) return plainAt(text, at + 1);
  const [whole, two, four, letter = ''] = shown;
  return { code: LETTER_ESCAPES[letter] ?? Number.parseInt(two ?? four ?? '', 16), end: at + 1 + whole.length };
}

function plainAt(text: string, at: number): { code: number; end: number } {
  const code = text.codePointAt(at) ?? 0;
  return { code, end: at + (code > 0xffff ? 2 : 1) };
}

/** The class that begins with the `[` at this place; `undefined` if no `]` ends it. */
function classAt(text: string, start: number): { token: CharacterClass; end: number } | undefined {
  const negated = text[start + 1] === '!' || text[start + 1] === '^';
  const first = start + (negated ? 2 : 1);
  const ranges: [number, number][] = [];
  // A `]` right after the beginning is one of the characters.
  for (let at = first; at < text.length && (text[at] !== ']' || at === first); ) {
    const from = characterAt(text, at);
    at = from.end;
    if (text[at] === '-' && at + 1 < text.length && text[at + 1] !== ']') {
      const to = characterAt(text, at + 1);
      ranges.push([from.code, to.code]);
      at = to.end;
    } else ranges.push([from.code, from.code]);
    if (text[at] === ']') return { token: { negated, ranges }, end: at + 1 };
  }
  return undefined;
}

function fits(place: Place, code: number): boolean {
  if (place === 'one') return true;
  if (typeof place === 'number') return place === code;
  return place.ranges.some(([from, to]) => from <= code && code <= to) !== place.negated;
}

function codePointOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
