import { ANY_NUMBER, wildcardMatch } from '../snapshot/wildcard-match.js';
import { readCharacterSet } from './character-set.js';
import { type NameTest, nameTest, PatternFault, type PatternPiece } from './ignore-name.js';

/**
 * A pattern of gitignore(5) for paths, without its `!`. A pattern without `/` (but at its end) is for names at any depth; any
 * other counts from the folder it belongs to. `*`, `?` and `[…]` never stand for a `/`; `**` as a whole segment stands for any
 * number of folders; a `/` at the end makes it one for folders only. Upper and lower case differ, on every system.
 */
export interface IgnorePattern {
  /** It is for names alone, at any depth. */
  readonly anyDepth: boolean;
  /**
   * Does what lies at this path fit? What lies in a folder that fits is not asked for: whoever walks does not enter it.
   *
   * @param path the names from the folder that the pattern belongs to, as {@link nameText} gives them.
   */
  matches(path: readonly string[], isFolder: boolean): boolean;
  /** Could something in the folder at this path fit, at any depth? */
  reachesInto(path: readonly string[]): boolean;
}

type Segment = NameTest | typeof ANY_NUMBER;

/**
 * Reads a pattern.
 *
 * @throws PatternFault if it can never match: empty, a bracket that is not closed, a backslash at the end, a segment that is
 *   empty, `.` or `..`.
 */
export function parseIgnorePattern(text: string): IgnorePattern {
  const onlyFolders = text.endsWith('/');
  const body = onlyFolders ? text.slice(0, -1) : text;
  const segments = readSegments(body.startsWith('/') ? body.slice(1) : body);
  const [only] = segments;
  if (!body.includes('/') && only !== undefined) {
    // For a name alone two stars are as good as one.
    const fits: NameTest = only === ANY_NUMBER ? () => true : only;
    return {
      anyDepth: true,
      matches: (path, isFolder) => (isFolder || !onlyFolders) && fits(path.at(-1) ?? ''),
      reachesInto: () => true,
    };
  }
  // Two stars at the end stand for what is in a folder, not for the folder: at least one name.
  if (segments.at(-1) === ANY_NUMBER) segments.push(() => true);
  return {
    anyDepth: false,
    matches: (path, isFolder) => (isFolder || !onlyFolders) && wildcardMatch(segments, path, fits),
    reachesInto: (path) => reaches(segments, path),
  };
}

function readSegments(body: string): Segment[] {
  const characters = [...body];
  if (characters.length === 0) throw new PatternFault('it is empty');
  if (characters.includes('\0')) throw new PatternFault('it holds a NUL');
  const segments: Segment[] = [];
  let pieces: PatternPiece[] = [];
  let source = '';
  const end = (): void => {
    if (source === '') throw new PatternFault('a segment of it is empty');
    if (source === '.' || source === '..')
      throw new PatternFault(`it holds the segment "${source}", which no path here has`);
    segments.push(/^\*\*+$/.test(source) ? ANY_NUMBER : nameTest(pieces));
    pieces = [];
    source = '';
  };
  for (let at = 0; at < characters.length; ) {
    const character = characters[at] ?? '';
    if (character === '/' || (character === '\\' && characters[at + 1] === '/')) {
      end();
      at += character === '/' ? 1 : 2;
      continue;
    }
    const from = at;
    if (character === '[') {
      const set = readCharacterSet(characters, at + 1);
      pieces.push(set.has);
      at = set.end;
    } else if (character === '\\') {
      const escaped = characters[at + 1];
      if (escaped === undefined) throw new PatternFault('it ends with a backslash, which escapes nothing');
      pieces.push(escaped.codePointAt(0) ?? 0);
      at += 2;
    } else {
      if (character === '?') pieces.push(() => true);
      else if (character !== '*') pieces.push(character.codePointAt(0) ?? 0);
      else if (pieces.at(-1) !== ANY_NUMBER) pieces.push(ANY_NUMBER);
      at += 1;
    }
    source += characters.slice(from, at).join('');
  }
  end();
  return segments;
}

function reaches(segments: readonly Segment[], path: readonly string[]): boolean {
  for (const [at, name] of path.entries()) {
    const wanted = segments[at];
    if (wanted === ANY_NUMBER) return true;
    if (wanted?.(name) !== true) return false;
  }
  return segments.length > path.length;
}

function fits(test: NameTest, name: string): boolean {
  return test(name);
}
