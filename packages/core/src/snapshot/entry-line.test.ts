import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, type JsonValue } from './canonical-json.js';
import { type Entry, readEntry } from './entry.js';
import { entryLine, readFileLine } from './entry-line.js';

const owner = fc.option(fc.nat(), { nil: undefined });
const base64 = fc.option(fc.constantFrom('/w==', 'aGk='), { nil: undefined });
const common = {
  path: fc.string({ unit: 'binary' }),
  pathBytes: base64,
  mode: fc.constantFrom('0644', '7777'),
  mtimeNs: fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }).map(String),
  uid: owner,
  gid: owner,
};
const file = fc.record({
  ...common,
  type: fc.constant('file'),
  sizeBytes: fc.maxSafeNat(),
  sha256: fc.constant('ab'.repeat(32)),
  stable: fc.boolean(),
  hardLink: fc.option(fc.nat(), { nil: undefined }),
  key: fc.option(fc.constant(`.holdfast/alias/${'0'.repeat(64)}`), { nil: undefined }),
  storeDigest: fc.option(fc.constantFrom(`md5:${'a0'.repeat(16)}`, `md5:${'0'.repeat(32)}-12`), { nil: undefined }),
});
const folder = fc.record({ ...common, type: fc.constant('directory') });
const link = fc.record({
  ...common,
  type: fc.constant('symlink'),
  linkTarget: fc.string({ unit: 'binary' }),
  linkTargetBytes: base64,
});
const xattrs = fc.dictionary(fc.constantFrom('user.b', 'user.a', 'user.\u00e9'), fc.constantFrom('', 'AA=='));
const rarer = fc.record({ xattrs, sparse: fc.constant(true) }, { requiredKeys: [] });
const more = fc.option(fc.dictionary(fc.constantFrom('a', 'later', 'zz'), fc.constantFrom('x', 1, null)), { nil: {} });

test('the line of an entry is its canonical JSON, also with members of a later version', () => {
  fc.assert(
    fc.property(fc.oneof(file, folder, link), rarer, more, (known, rare, unknown) => {
      const entry = { ...known, ...rare, ...unknown } as unknown as Entry;
      expect(entryLine(entry, true)).toBe(`${canonicalJson(entry as unknown as JsonValue)}\n`);
      const without = { ...entry, key: undefined, storeDigest: undefined } as unknown as JsonValue;
      expect(entryLine(entry, false)).toBe(`${canonicalJson(without)}\n`);
    }),
  );
});

test('a line that is read in the quick way gives what parsing and checking gives', () => {
  const printable = fc.string({ unit: fc.constantFrom(...' ~aZ09/.-_%"\\\u0001\u007fé') });
  let quick = 0;
  fc.assert(
    fc.property(file, printable, fc.nat(2 ** 32), (made, path, uid) => {
      const rare = { hardLink: undefined, key: undefined, pathBytes: undefined };
      const entry = { ...made, ...rare, path, uid } as unknown as Entry;
      const line = entryLine(entry, true).slice(0, -1);
      const read = readFileLine(Buffer.from(line));
      if (read === undefined) return;
      quick += 1;
      expect(read).toEqual(readEntry(JSON.parse(line)));
    }),
    { numRuns: 2000 },
  );
  expect(quick).toBeGreaterThan(20);
});

test.each([
  ['a space', (line: string) => line.replace('{', '{ ')],
  ['a number with a leading zero', (line: string) => line.replace('"sizeBytes":5', '"sizeBytes":05')],
  ['a member of a later version', (line: string) => line.replace('{', '{"a":1,')],
  ['an escape', (line: string) => line.replace('"x"', '"\\u0078"')],
  ['a byte beyond ASCII', (line: string) => line.replace('"x"', '"\u00e9"')],
  ['an owner that means "no change"', (line: string) => line.replace('"uid":0', '"uid":4294967295')],
])('a line with %s is not read in the quick way', (_, change) => {
  const entry = {
    path: 'x',
    mode: '0644',
    mtimeNs: '1',
    uid: 0,
    type: 'file',
    sizeBytes: 5,
    sha256: 'ab'.repeat(32),
    stable: true,
  };
  const line = entryLine(entry as Entry, true).slice(0, -1);
  expect(readFileLine(Buffer.from(line))).toEqual(entry);
  expect(change(line)).not.toBe(line);
  expect(readFileLine(Buffer.from(change(line), 'latin1'))).toBeUndefined();
});
