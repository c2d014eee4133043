import { PatternFault } from './ignore-name.js';

/** The classes that may stand in brackets, of ASCII as in git's wildmatch.c. */
const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[^ -~\u0080-\u{10ffff}]/u,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

const code = (character: string): number => character.codePointAt(0) ?? 0;
const SLASH = code('/');

/** A set of characters in brackets, and where the pattern goes on behind it. */
export interface CharacterSet {
  readonly has: (character: number) => boolean;
  readonly end: number;
}

/**
 * Reads `[a-z]`, `[!…]`, `[^…]`, `[[:digit:]]`, from behind the bracket. The rules are those of git's wildmatch.c: `]` in
 * the first place is itself, a backslash takes the next character as it is. A `/` is in no set.
 *
 * @throws PatternFault where the bracket is not closed, or holds a class that is none.
 */
export function readCharacterSet(pattern: readonly string[], from: number): CharacterSet {
  let at = from;
  const negated = pattern[at] === '!' || pattern[at] === '^';
  if (negated) at += 1;
  const parts: ((character: number) => boolean)[] = [];
  /** What a range can begin with. */
  let before: number | undefined;
  const single = (): number => {
    if (pattern[at] === '\\') at += 1;
    const character = pattern[at];
    if (character === undefined) throw new PatternFault('a bracket is not closed');
    at += 1;
    return code(character);
  };
  const start = at;
  while (at === start || pattern[at] !== ']') {
    const next = pattern[at + 1];
    if (pattern[at] === '-' && before !== undefined && next !== undefined && next !== ']') {
      at += 1;
      const low = before;
      const high = single();
      parts.push((character) => character >= low && character <= high);
      before = undefined;
      continue;
    }
    const className = pattern[at] === '[' && next === ':' ? classAt(pattern, at + 2) : undefined;
    if (className !== undefined) {
      const members = CLASSES[className];
      if (members === undefined) throw new PatternFault(`[:${className}:] is no class of characters`);
      parts.push((character) => members.test(String.fromCodePoint(character)));
      at += className.length + 4;
      before = undefined;
      continue;
    }
    const one = single();
    parts.push((character) => character === one);
    before = one;
  }
  const has = (character: number): boolean => character !== SLASH && parts.some((part) => part(character)) !== negated;
  return { has, end: at + 1 };
}

/** The name in `[:name:]`, from behind the colon; `undefined` where the brackets hold something else. */
function classAt(pattern: readonly string[], from: number): string | undefined {
  const end = pattern.indexOf(']', from);
  return end > from && pattern[end - 1] === ':' ? pattern.slice(from, end - 1).join('') : undefined;
}
