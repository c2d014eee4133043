import { expect, test } from 'vitest';
import { keyFaultOn, windowsNameFault } from './index.js';

test.each([
  'CON',
  'con.txt',
  'NUL',
  'nul.tar.gz',
  'COM1',
  'lpt9.x',
  'COM¹',
  'CONIN$',
  'aux .txt',
  'a.',
  'a ',
  'a:b',
  'a?',
  'a\\b',
  'a\u0007',
  '...',
])('Windows does not take the name %j', (name) => {
  expect(windowsNameFault(name)).toBeTypeOf('string');
});

test.each([
  'CONTROL',
  'com',
  'com10',
  'lpt',
  '.con',
  'a.con',
  'console.log',
  'nul-1',
  'é',
  '~$a.xlsx',
  '.a',
  'a b',
  "a'b",
])('Windows takes the name %j', (name) => {
  expect(windowsNameFault(name)).toBeUndefined();
});

test('limits count bytes of UTF-8, of the key and of each segment', () => {
  const limits = { maxKeyBytes: 10, maxSegmentBytes: 4, windowsNames: false };
  expect(keyFaultOn('éé/éé', limits)).toBeUndefined();
  expect(keyFaultOn('ééa', limits)).toMatch(/segment/);
  expect(keyFaultOn('abc/abc/abc', limits)).toMatch(/10 bytes/);
  expect(keyFaultOn('CON', limits)).toBeUndefined();
  expect(keyFaultOn('CON', { ...limits, windowsNames: true })).toMatch(/device/);
  expect(keyFaultOn('a//b', limits)).toMatch(/empty segment/);
});
