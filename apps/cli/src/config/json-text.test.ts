import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJsonText } from './json-text.js';

describe('a JSON text', () => {
  test('is taken exactly if JSON.parse takes it and no name in it is given twice or reserved, with the same value', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 4 }),
        fc.nat(),
        fc.constantFrom('', ',', '}', ']', '"', '0', '/', '\\'),
        (json, at, piece) => {
          const place = at % (json.length + 1);
          const text = json.slice(0, place) + piece + json.slice(place);
          const read = readJsonText(text);
          const value = parsed(text);
          if (value === undefined) expect(read).toHaveProperty('message');
          else if ('value' in read) expect(read.value).toEqual(value.value);
          else expect(read.message).toMatch(/is given twice$|cannot be a name$/);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('knows the line and column of every name and value, whatever ends its lines', () => {
    const read = readJsonText('{\r\n  "a": [1,\n    {"é": true}],\r"b": 2}');
    if (!('value' in read)) throw new Error(read.message);
    expect(read.positionOf([])).toEqual({ line: 1, column: 1 });
    expect(read.positionOf(['a'], 'name')).toEqual({ line: 2, column: 3 });
    expect(read.positionOf(['a', 0])).toEqual({ line: 2, column: 9 });
    expect(read.positionOf(['a', 1, 'é'])).toEqual({ line: 3, column: 11 });
    expect(read.positionOf(['b'])).toEqual({ line: 4, column: 6 });
    expect(read.positionOf(['a', 1, 'missing'])).toEqual({ line: 3, column: 5 });
  });

  test.each([
    ['{"a": 1,}', { line: 1, column: 8 }, /comma after the last/],
    ['[1,\n]', { line: 1, column: 3 }, /comma after the last/],
    ['{"a": 1\n"b": 2}', { line: 2, column: 1 }, /a comma is expected/],
    ['{"a" 1}', { line: 1, column: 6 }, /a colon is expected/],
    ['{a: 1}', { line: 1, column: 2 }, /no JSON value|name in double quotes/],
    ['{"a": "b', { line: 1, column: 7 }, /closing quote/],
    ['{"a": C}', { line: 1, column: 7 }, /no JSON value/],
    ['{"a": "C:\\data"}', { line: 1, column: 7 }, /escape/],
    ['{}\n{}', { line: 2, column: 1 }, /after the end/],
    ['{ /* a */ }', { line: 1, column: 3 }, /comment/],
    ['', { line: 1, column: 1 }, /value is expected|empty/],
    ['{"constructor": 1}', { line: 1, column: 2 }, /cannot be a name/],
    ['{"a": {"b": 1, "b": 2}}', { line: 1, column: 16 }, /given twice/],
  ])('%s is refused at the place of the fault', (text, position, message) => {
    expect(readJsonText(text)).toMatchObject({ position, message: expect.stringMatching(message) });
  });

  test('that is nested without end is refused, and ends nothing', () => {
    expect(readJsonText('['.repeat(500_000))).toHaveProperty('message');
  });
});

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
