import { expect, test } from 'vitest';
import { printableJson, printableText } from './printable.js';

test('text of several lines keeps its line ends and nothing else that moves a cursor', () => {
  expect(printableText('one\x1b[2J\ntwo\r')).toBe('one\\x1b[2J\ntwo\\r');
});

test('JSON means the same after its escapes, and holds no control character', () => {
  const names = Array.from({ length: 0x2100 }, (_, code) => String.fromCharCode(code)).join('');
  const line = printableJson({ names });
  expect(JSON.parse(line)).toEqual({ names });
  expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
});
