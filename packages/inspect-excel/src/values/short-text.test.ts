import { expect, test } from 'vitest';
import { shortText } from './short-text.js';

test('a text is cut between characters, and halves of them are replaced', () => {
  expect(shortText('abc', 3)).toBe('abc');
  expect(shortText('abcd', 3)).toBe('ab…');
  expect(shortText('😀😀😀', 3)).toBe('😀😀😀');
  expect(shortText('😀😀😀😀', 3)).toBe('😀😀…');
  expect(shortText('a\uD800b', 3)).toBe('a\uFFFDb');
  expect(shortText('x'.repeat(1_000_000), 3)).toBe('xx…');
});
