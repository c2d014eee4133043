import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalFault, canonicalJson, type JsonValue } from './canonical-json.js';

/** Any value that canonical JSON is made of. */
const values = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value')),
    fc.dictionary(fc.string({ unit: 'binary' }), tie('value')),
  ),
})).value;

describe('canonical JSON', () => {
  it('is JSON of the same value, without white space', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('does not depend on the order in which members were set', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), values), (object) => {
        const turned = Object.fromEntries(Object.entries(object).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(object));
      }),
    );
  });

  it('is what it is of: written twice, it is the same', () => {
    fc.assert(
      fc.property(values, (value) => {
        const once = canonicalJson(value);
        expect(canonicalJson(JSON.parse(once) as JsonValue)).toBe(once);
      }),
    );
  });

  it('sorts members by UTF-16 units, as RFC 8785 has it', () => {
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 })).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}',
    );
  });

  it('leaves out members that are undefined', () => {
    expect(canonicalJson({ a: 1, b: undefined as unknown as JsonValue })).toBe('{"a":1}');
  });

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('has no way to write %d', (number) => {
    expect(() => canonicalJson({ number })).toThrow(TypeError);
  });
});

describe('a value that was read', () => {
  it('has no fault exactly when it can be written again just as it was', () => {
    expect(canonicalFault({ a: [1, 'x', null, { b: true }] })).toBeUndefined();
    expect(canonicalFault({ a: [0.5] })).toContain('not whole');
    expect(canonicalFault(JSON.parse('{"a":{"__proto__":1}}'))).toContain('__proto__');
    expect(canonicalFault(JSON.parse('{"constructor":1}'))).toContain('constructor');
    let nested: unknown = 'x';
    for (let depth = 0; depth < 9; depth += 1) nested = [nested];
    expect(canonicalFault(nested)).toContain('too deeply');
  });
});
