import { describe, expect, it } from 'vitest';
import { PatternFault } from './ignore-name.js';
import { parseIgnorePattern } from './ignore-pattern.js';
import { nameText } from './name-text.js';

const matches = (pattern: string, path: string, isFolder = false): boolean =>
  parseIgnorePattern(pattern).matches(path.split('/'), isFolder);

describe('a pattern (what git answers is compared in test/gitignore.test.ts)', () => {
  it('matches characters, not bytes or halves of them', () => {
    expect(matches('?', 'é')).toBe(true);
    expect(matches('?', '🎉')).toBe(true);
    expect(matches('??', '🎉')).toBe(false);
    expect(matches('*??', '🎉')).toBe(false);
    expect(matches('[à-ü]', 'é')).toBe(true);
    expect(matches('[🎈-🎉]x', '🎉x')).toBe(true);
    expect(matches('*é*', 'caféteria')).toBe(true);
  });

  it('finds upper and lower case to be different', () => {
    expect(matches('*.NPY', 'a.npy')).toBe(false);
    expect(matches('[a-z]', 'A')).toBe(false);
  });

  it.each<[string, RegExp]>([
    ['', /empty/],
    ['/', /empty/],
    ['a//b', /segment of it is empty/],
    ['//a', /segment of it is empty/],
    ['./a', /segment "\."/],
    ['a/../b', /segment "\.\."/],
    ['[a', /bracket is not closed/],
    ['[', /bracket is not closed/],
    ['[]', /bracket is not closed/],
    ['[a\\]', /bracket is not closed/],
    ['[[:letter:]]', /\[:letter:\] is no class/],
    ['a\\', /ends with a backslash/],
    ['a\\/', /ends with a backslash/],
    ['a\0b', /NUL/],
  ])('%j can match nothing, and says so', (pattern, reason) => {
    expect(() => parseIgnorePattern(pattern)).toThrow(PatternFault);
    expect(() => parseIgnorePattern(pattern)).toThrow(reason);
  });

  it('costs little however it is written', () => {
    const long = 'a'.repeat(250);
    expect(matches(`${'*a'.repeat(60)}b`, long)).toBe(false);
    expect(matches(`${'**/a*/'.repeat(40)}b`, Array.from({ length: 400 }, () => 'aaaa').join('/'))).toBe(false);
  });

  it('tells into which folders it can reach', () => {
    const reaches = (pattern: string, folder: string): boolean =>
      parseIgnorePattern(pattern).reachesInto(folder.split('/'));
    expect(reaches('/docs/2026/*.pdf', 'docs')).toBe(true);
    expect(reaches('/docs/2026/*.pdf', 'docs/2026')).toBe(true);
    expect(reaches('/docs/2026/*.pdf', 'docs/2025')).toBe(false);
    expect(reaches('/docs/2026/*.pdf', 'music')).toBe(false);
    expect(reaches('/docs/2026/*.pdf', 'docs/2026/a')).toBe(false);
    expect(reaches('/docs/**/*.pdf', 'docs/a/b/c')).toBe(true);
    expect(reaches('**/x/y', 'docs/a/b/c')).toBe(true);
    expect(reaches('*.pdf', 'docs/a')).toBe(true);
  });
});

describe('the text of a name', () => {
  const bytes = (...values: (number | string)[]): Buffer =>
    Buffer.concat(values.map((value) => (typeof value === 'string' ? Buffer.from(value) : Buffer.from([value]))));

  it('is another for other bytes, valid or not', () => {
    const names = [
      bytes('f', 0xff, '.x'),
      bytes('f', 0xfe, '.x'),
      bytes('f\ufffd.x'),
      bytes('f', 0xc3, '.x'),
      bytes('fé.x'),
      // What would be half a surrogate pair is no UTF-8.
      bytes('f', 0xed, 0xb3, 0xbf, '.x'),
    ];
    expect(new Set(names.map(nameText)).size).toBe(names.length);
    expect(nameText(bytes('é🎉'))).toBe('é🎉');
  });

  it('has one character for each byte that is none, so wildcards find it', () => {
    expect(matches('f?.x', nameText(bytes('f', 0xff, '.x')))).toBe(true);
    expect(matches('f??.x', nameText(bytes('f', 0xc3, 0xff, '.x')))).toBe(true);
    expect(matches('é?', nameText(bytes('é', 0x80)))).toBe(true);
    expect(matches('*.x', nameText(bytes(0xff, '.x')))).toBe(true);
  });
});
