import { compareKeys } from '@holdfast/core/target';
import { expect, test } from 'vitest';
import { type EntryTable, tableBuilder } from './entry-table.js';

function tableOf(keys: readonly string[]): EntryTable {
  const builder = tableBuilder(keys.length);
  for (const [row, key] of keys.entries()) {
    builder.add(Buffer.from(key), {
      kind: (['file', 'symlink', 'directory'] as const)[row % 3] ?? 'file',
      sizeBytes: row * 2 ** 33,
      packedBytes: row,
      crc32: 0xffff_ffff - row,
      method: row % 2 === 0 ? 0 : 8,
      flags: 0x800,
      offset: row * 2 ** 40,
    });
  }
  return builder.build();
}

/** Keys of all lengths with letters of all widths, the same in every run. */
const KEYS = Array.from({ length: 3000 }, (_, row) => {
  const letters = ['a', '/', 'é', '～', '😀', '-', '\u0000'];
  let state = row * 2_654_435_761;
  let key = `${row % 50}`;
  for (let length = row % 40; length >= 0; length--) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    key += letters[state % letters.length];
  }
  return `${key}${row}`;
});

test('entries are kept in the order of keys, each with what was said of it', () => {
  const table = tableOf(KEYS);
  const sorted = [...KEYS].sort(compareKeys);
  expect(Array.from({ length: table.count }, (_, position) => table.keyAt(position).toString())).toEqual(sorted);
  for (const [position, key] of sorted.entries()) {
    const row = KEYS.indexOf(key);
    expect(table.find(Buffer.from(key))).toBe(position);
    expect(table.entryAt(position)).toMatchObject({
      packedBytes: row,
      crc32: 0xffff_ffff - row,
      offset: row * 2 ** 40,
    });
  }
});

test('the lower bound is the first key that is not smaller', () => {
  const table = tableOf(['b', 'd', 'd', 'é']);
  const bounds = ['', 'a', 'b', 'c', 'd', 'da', 'é', '😀'].map((key) => table.lowerBound(Buffer.from(key)));
  expect(bounds).toEqual([0, 0, 0, 1, 1, 3, 3, 4]);
  expect(['c', 'd', ''].map((key) => table.find(Buffer.from(key)))).toEqual([undefined, 1, undefined]);
});

test('an empty table holds nothing', () => {
  const table = tableOf([]);
  expect([table.count, table.lowerBound(Buffer.from('a')), table.find(Buffer.from('a'))]).toEqual([0, 0, undefined]);
});

test('more entries than announced are refused', () => {
  const builder = tableBuilder(0);
  const entry = { kind: 'file', sizeBytes: 0, packedBytes: 0, crc32: 0, method: 0, flags: 0, offset: 0 } as const;
  expect(() => builder.add(Buffer.from('a'), entry)).toThrow(RangeError);
});
