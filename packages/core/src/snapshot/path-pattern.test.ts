import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayName } from './display-name.js';
import { literalPattern, pathPatterns } from './path-pattern.js';

const FILES = ['data.txt', 'data/a.txt', 'data/sub/a.txt', 'data/sub/deep/b.npy', 'excel/data.xlsx', 'x/data/a.txt'];
const FOLDERS = ['data', 'data/sub', 'data/sub/deep', 'excel', 'x', 'x/data'];

const chosen = (...words: string[]): string[] => FILES.filter((path) => pathPatterns(words).matches(path, false));
const named = (...words: string[]): string[] => [
  ...FILES.filter((path) => pathPatterns(words).names(path, false)),
  ...FOLDERS.filter((path) => pathPatterns(words).names(path, true)).map((path) => `${path}/`),
];

describe('a pattern', () => {
  test('without "/" means names at any depth', () => {
    expect(named('a.txt')).toEqual(['data/a.txt', 'data/sub/a.txt', 'x/data/a.txt']);
    expect(named('*.npy')).toEqual(['data/sub/deep/b.npy']);
    expect(named('data')).toEqual(['data/', 'x/data/']);
    expect(named('data*')).toEqual(['data.txt', 'excel/data.xlsx', 'data/', 'x/data/']);
  });

  test('with "/" counts from the top of the snapshot', () => {
    expect(named('data/a.txt')).toEqual(['data/a.txt']);
    expect(named('*/a.txt')).toEqual(['data/a.txt']);
    expect(named('/data')).toEqual(['data/']);
    expect(named('./data')).toEqual(['data/']);
    expect(named('sub/a.txt')).toEqual([]);
  });

  test('that names a folder chooses everything below it', () => {
    expect(chosen('data/sub')).toEqual(['data/sub/a.txt', 'data/sub/deep/b.npy']);
    expect(chosen('sub')).toEqual(['data/sub/a.txt', 'data/sub/deep/b.npy']);
    expect(chosen('/data')).toEqual(['data/a.txt', 'data/sub/a.txt', 'data/sub/deep/b.npy']);
    expect(named('data/sub')).toEqual(['data/sub/']);
  });

  test('"**" is any number of folders, none too', () => {
    expect(named('**/a.txt')).toEqual(['data/a.txt', 'data/sub/a.txt', 'x/data/a.txt']);
    expect(named('data/**/*.txt')).toEqual(['data/a.txt', 'data/sub/a.txt']);
    expect(named('data/**')).toEqual([
      'data/a.txt',
      'data/sub/a.txt',
      'data/sub/deep/b.npy',
      'data/',
      'data/sub/',
      'data/sub/deep/',
    ]);
    expect(named('**/data/**/a.txt')).toEqual(['data/a.txt', 'data/sub/a.txt', 'x/data/a.txt']);
    expect(chosen('data.txt/**')).toEqual(['data.txt']);
  });

  test('that ends with "/" means folders, from the top', () => {
    expect(named('data.txt/')).toEqual([]);
    expect(named('data/')).toEqual(['data/']);
    expect(named('**/data*/')).toEqual(['data/', 'x/data/']);
    expect(chosen('data.txt/', '**/sub/')).toEqual(['data/sub/a.txt', 'data/sub/deep/b.npy']);
    expect(chosen('**/')).toEqual(FILES.slice(1));
  });

  test('knows "*" within a name, "?", and classes', () => {
    const names = (word: string, path: string): boolean => pathPatterns([word]).names(path, false);
    expect(names('a*c', 'a/c')).toBe(false);
    expect(names('a*c', 'ac')).toBe(true);
    expect(names('a**c', 'abbc')).toBe(true);
    expect(names('a?c', 'a🎉c')).toBe(true);
    expect(names('a?c', 'ac')).toBe(false);
    expect(names('[a-c]x', 'bx')).toBe(true);
    expect(names('[!a-c]x', 'bx')).toBe(false);
    expect(names('[^a-c]x', 'dx')).toBe(true);
    expect(names('[]a]', ']')).toBe(true);
    expect(names('[a-]', '-')).toBe(true);
    expect(names('[\\]]', ']')).toBe(true);
    expect(names('[a', '[a')).toBe(true);
    expect(names('.hidden', '.hidden') && names('*', '.hidden')).toBe(true);
    expect(names('A.txt', 'a.txt')).toBe(false);
  });

  test('with "\\" reaches names that hold the characters of patterns, and names as they are shown', () => {
    const names = (word: string, path: string): boolean => pathPatterns([word]).names(path, false);
    expect(names('\\*.txt', '*.txt')).toBe(true);
    expect(names('\\*.txt', 'a.txt')).toBe(false);
    expect(names('\\[1\\].txt', '[1].txt')).toBe(true);
    expect(names('a\\\\b', 'a\\b')).toBe(true);
    expect(names('end\\', 'end\\')).toBe(true);
    expect(names(displayName('two\nlines\x1b[2J\u202e').replace('[', '\\['), 'two\nlines\x1b[2J\u202e')).toBe(true);
  });

  test('takes composed and decomposed letters for the same', () => {
    const composed = 'M\u00fcller.txt';
    const decomposed = 'Mu\u0308ller.txt';
    expect(pathPatterns([composed]).names(decomposed, false)).toBe(true);
    expect(pathPatterns([decomposed]).names(composed, false)).toBe(true);
    expect(pathPatterns(['M?ller.txt']).names(decomposed, false)).toBe(true);
    expect(pathPatterns([`data/${composed}`]).matches(`data/${decomposed}/x`, false)).toBe(true);
  });

  test('"/", "." and no pattern at all choose everything', () => {
    for (const words of [[], ['/'], ['.'], ['./'], ['**']]) {
      expect(chosen(...words)).toEqual(FILES);
      expect(pathPatterns(words).names('data/a.txt', false)).toBe(true);
    }
  });

  test('that nothing has matched is told, as it was given', () => {
    const matcher = pathPatterns(['*.txt', './nothing', 'data']);
    expect(matcher.unused()).toEqual(['*.txt', './nothing', 'data']);
    matcher.matches('data/a.txt', false);
    expect(matcher.unused()).toEqual(['./nothing']);
    expect(pathPatterns([]).unused()).toEqual([]);
  });

  test('of many stars is not slow', () => {
    const word = `${'*a'.repeat(200)}b`;
    expect(pathPatterns([word]).names('a'.repeat(5000), false)).toBe(false);
    expect(pathPatterns([`${'**/a/'.repeat(200)}b`]).names('a/'.repeat(2000).slice(0, -1), false)).toBe(false);
  });
});

const name = fc
  .string({ unit: fc.constantFrom('a', 'b', '*', '?', '[', ']', '!', '\\', '-', 'é', '🎉'), minLength: 1 })
  .filter((text) => text !== '.' && text !== '..');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));

test('the literal pattern of a path names it, and no other path', () => {
  fc.assert(
    fc.property(path, path, (one, other) => {
      const matcher = pathPatterns([literalPattern(one)]);
      expect(matcher.names(one, false)).toBe(true);
      expect(matcher.names(other, false)).toBe(one === other);
      expect(matcher.matches(`${one}/below`, false)).toBe(true);
    }),
  );
});

test('stars match what a regular expression of the same meaning matches', () => {
  const segment = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 6 });
  const segments = fc.array(fc.oneof(segment, fc.constant('**')), { minLength: 1, maxLength: 5 });
  const plain = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(segments, plain, (words, names) => {
      const source = words.map((word) =>
        word === '**' ? '(?:[^/]+/)*' : `${word.replace(/\*+/g, '[^/]*').replaceAll('?', '[^/]')}/`,
      );
      const model = (below: string): RegExp => new RegExp(`^${source.join('')}${below}$`);
      const matcher = pathPatterns([`/${words.join('/')}`]);
      const text = `${names.join('/')}/`;
      expect(matcher.names(names.join('/'), false)).toBe(model('').test(text));
      expect(matcher.matches(names.join('/'), false)).toBe(model('(?:[^/]+/)*').test(text));
    }),
    { numRuns: 2000 },
  );
});
