import { namePattern } from './name-pattern.js';
import { ANY_NUMBER, type WildcardRow, wildcardMatch } from './wildcard-match.js';

/** Chooses entries of a snapshot by patterns. */
export interface PathMatcher {
  /** Is this entry chosen: does a pattern name it, or a folder that it lies in? Without any pattern everything is. */
  matches(path: string, isFolder: boolean): boolean;
  /** Does a pattern name this very entry, and not only a folder above it? */
  names(path: string, isFolder: boolean): boolean;
  /** Does a pattern choose this entry that does not choose everything? Without any pattern nothing is meant. */
  means(path: string, isFolder: boolean): boolean;
  /** The patterns, as they were given, that nothing asked for so far has matched: most likely they are misspelt. */
  unused(): string[];
}

type NameTest = (name: string) => boolean;

interface Pattern {
  readonly word: string;
  readonly steps: WildcardRow<NameTest>;
  /** It ends with `/`: it names folders only. */
  readonly foldersOnly: boolean;
  /** It fits whatever there is. */
  readonly isAll: boolean;
}

/**
 * Compiles the PATTERNs of the command line (design: "Words that are fixed"). `*` is any part of a name, `?` one character, `[a-z]` and
 * `[!a-z]` one of a class, `**` any number of folders, none too; `\` takes the meaning from the character behind it, so that every name can be
 * reached. A pattern that holds a `/` counts from the snapshot's top; without one it means names at any depth. One that ends with `/` means
 * folders only. Composed and decomposed letters are one (NFC); upper and lower case are two. `/` and `.` alone are the top, so everything.
 *
 * It is matched against an entry's `path` as the manifest shows it, so a byte that is no UTF-8 is one U+FFFD, which `?` finds.
 */
export function pathPatterns(words: readonly string[]): PathMatcher {
  const patterns = words.map(compile);
  const used = new Set<Pattern>();
  const choose = (path: string, test: (pattern: Pattern, names: readonly string[]) => boolean): boolean => {
    if (patterns.length === 0) return true;
    const names = path.normalize('NFC').split('/');
    // Each is asked, also after one has matched: which of them are of use is to be known.
    const matching = patterns.filter((pattern) => test(pattern, names));
    for (const pattern of matching) used.add(pattern);
    return matching.length > 0;
  };
  return {
    matches: (path, isFolder) => choose(path, (pattern, names) => isChosen(pattern, names, isFolder)),
    names: (path, isFolder) => choose(path, (pattern, names) => isNamed(pattern, names, isFolder)),
    means: (path, isFolder) =>
      patterns.length > 0 && choose(path, (pattern, names) => !pattern.isAll && isChosen(pattern, names, isFolder)),
    unused: () => patterns.filter((pattern) => !used.has(pattern)).map(({ word }) => word),
  };
}

/** The text of a pattern that means this path and no other. */
export function literalPattern(path: string): string {
  return `/${path.replace(/[\\*?[]/g, '\\$&')}`;
}

function compile(word: string): Pattern {
  const text = word.normalize('NFC');
  const segments = text.split('/').filter((segment) => segment !== '' && segment !== '.');
  const steps = segments.map((segment) => (segment === '**' ? ANY_NUMBER : namePattern(segment)));
  if (!text.includes('/') || steps.length === 0) steps.unshift(ANY_NUMBER);
  const isAll = segments.every((segment) => segment === '**' || segment === '*');
  return { word, steps, foldersOnly: text.endsWith('/') && segments.length > 0, isAll };
}

function isNamed({ steps, foldersOnly }: Pattern, names: readonly string[], isFolder: boolean): boolean {
  return (isFolder || !foldersOnly) && wildcardMatch(steps, names, fits);
}

function isChosen({ steps, foldersOnly }: Pattern, names: readonly string[], isFolder: boolean): boolean {
  if (isFolder || !foldersOnly) return wildcardMatch(steps, names, fits, true);
  // What lies below a folder is taken with it, so a file is asked for by the folder it is in.
  return names.length > 1 && wildcardMatch(steps, names.slice(0, -1), fits, true);
}

function fits(test: NameTest, name: string): boolean {
  return test(name);
}
