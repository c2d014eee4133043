import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayName } from './display-name.js';

describe('a name as it is shown', () => {
  it('holds no control character, no mark that turns the direction of text, no line separator and no half of a pair', () => {
    const nasty = fc.constantFrom(
      '\u001b',
      '\r',
      '\n',
      '\u0085',
      '\u009b',
      '\u202e',
      '\u2066',
      '\u2028',
      '\ufeff',
      '\ud800',
      'a',
      '😀',
    );
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: nasty }), fc.string({ unit: 'binary' })), (name) => {
        expect(displayName(name)).not.toMatch(
          /[\p{Cc}\p{Surrogate}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u,
        );
      }),
    );
  });

  it('is the name itself where nothing in it is dangerous, in whatever script', () => {
    for (const name of ['plain.txt', 'ünï 😀', '文件', 'ملف', 'a\\b', '\u00a0']) expect(displayName(name)).toBe(name);
  });

  it('shows what it hides', () => {
    expect(displayName('a\nb\tc\rd\u001b[2J\u202egpj.exe')).toBe('a\\nb\\tc\\rd\\x1b[2J\\u202egpj.exe');
  });
});
