import { describe, expect, test } from 'vitest';
import { FLAG_UTF8, TYPE_FILE, TYPE_FOLDER } from './numbers.js';
import { centralHeader, type EntryHead, endRecords, localHeader, localHeaderBytes } from './records.js';

const CONTENT = { method: 8, crc32: 0xdead_beef, sizeBytes: 5_000_000_000, packedBytes: 4_000_000_000 };

const SMALL = { ...CONTENT, sizeBytes: 10, packedBytes: 7 };

function head(overrides: Partial<EntryHead> = {}): EntryHead {
  const name = Buffer.from('r/a');
  return { name, unixMode: TYPE_FILE | 0o640, mtimeSeconds: 1_700_000_000, zip64: false, ...overrides };
}

/** The extra field of an id. */
function extraOf(header: Buffer, at: number, length: number, id: number): Buffer | undefined {
  for (let position = at; position < at + length; position += 4 + header.readUInt16LE(position + 2)) {
    const end = position + 4 + header.readUInt16LE(position + 2);
    if (header.readUInt16LE(position) === id) return header.subarray(position + 4, end);
  }
  return undefined;
}

describe('headers', () => {
  test('sizes and CRC stand in the local header, and no data descriptor is announced', () => {
    const header = localHeader(head(), SMALL);
    expect(header.readUInt16LE(6) & 8).toBe(0);
    expect([header.readUInt32LE(14), header.readUInt32LE(18), header.readUInt32LE(22)]).toEqual([0xdead_beef, 7, 10]);
  });

  test('the place that is kept free for a local header is exactly as long as the header', () => {
    for (const zip64 of [false, true]) {
      for (const mtimeSeconds of [0, 2 ** 31]) {
        const entry = head({ zip64, mtimeSeconds });
        expect(localHeader(entry, SMALL)).toHaveLength(localHeaderBytes(entry));
      }
    }
  });

  test('an entry of 4 GiB or more has both sizes in 64 bits, in both headers', () => {
    const local = localHeader(head({ zip64: true }), CONTENT);
    expect([local.readUInt32LE(18), local.readUInt32LE(22)]).toEqual([0xffff_ffff, 0xffff_ffff]);
    const inLocal = extraOf(local, 33, local.readUInt16LE(28), 1);
    const central = centralHeader(head({ zip64: true }), CONTENT, 99);
    const inCentral = extraOf(central, 49, central.readUInt16LE(30), 1);
    for (const extra of [inLocal, inCentral]) {
      expect([extra?.readBigUInt64LE(0), extra?.readBigUInt64LE(8), extra?.length]).toEqual([
        5_000_000_000n,
        4_000_000_000n,
        16,
      ]);
    }
    expect(central.readUInt32LE(42)).toBe(99);
  });

  test('an entry that begins beyond 4 GiB has its offset, and nothing else, in 64 bits', () => {
    for (const [offset, is64] of [
      [0xffff_fffe, false],
      [0xffff_ffff, true],
      [0x1_0000_0000, true],
    ] as const) {
      const header = centralHeader(head(), SMALL, offset);
      const extra = extraOf(header, 49, header.readUInt16LE(30), 1);
      expect(header.readUInt32LE(42)).toBe(is64 ? 0xffff_ffff : offset);
      expect(extra?.readBigUInt64LE(0)).toBe(is64 ? BigInt(offset) : undefined);
      expect([header.readUInt32LE(20), header.readUInt32LE(24)]).toEqual([7, 10]);
    }
  });

  test('a name says UTF-8 as soon as a program could read it otherwise', () => {
    const flagged = (name: string): boolean =>
      (localHeader(head({ name: Buffer.from(name) }), SMALL).readUInt16LE(6) & FLAG_UTF8) !== 0;
    expect(['r/plain ~name', 'r/é', 'r/\n', 'r/\u007f'].map(flagged)).toEqual([false, true, true, true]);
  });

  test('type and mode stand in the Unix part of the attributes, folder and write protection in the DOS part', () => {
    const attributes = (unixMode: number): number => centralHeader(head({ unixMode }), SMALL, 0).readUInt32LE(38);
    expect(attributes(TYPE_FILE | 0o640)).toBe(((TYPE_FILE | 0o640) << 16) >>> 0);
    expect(attributes(TYPE_FILE | 0o444)).toBe((((TYPE_FILE | 0o444) << 16) | 1) >>> 0);
    expect(attributes(TYPE_FOLDER | 0o4755)).toBe((((TYPE_FOLDER | 0o4755) << 16) | 0x10) >>> 0);
  });

  test('a time beyond 2038 is left to the DOS fields', () => {
    const header = localHeader(head({ mtimeSeconds: 2 ** 31 }), SMALL);
    expect(extraOf(header, 33, header.readUInt16LE(28), 0x5455)).toBeUndefined();
  });
});

describe('the end', () => {
  const end = (entries: number, directoryOffset = 1, directoryBytes = 1): Buffer =>
    endRecords({ entries, directoryOffset, directoryBytes, comment: Buffer.from('hello') });

  test('has zip64 records exactly when a number does not fit', () => {
    expect(end(65_534)).toHaveLength(22 + 5);
    expect(end(65_535)).toHaveLength(56 + 20 + 22 + 5);
    expect(end(1, 0xffff_fffe)).toHaveLength(22 + 5);
    expect(end(1, 0xffff_ffff)).toHaveLength(56 + 20 + 22 + 5);
    expect(end(1, 1, 0xffff_ffff)).toHaveLength(56 + 20 + 22 + 5);
  });

  test('has the true numbers in its zip64 record, and says where that is', () => {
    const bytes = end(70_000, 5_000_000_000, 7_000_000);
    expect([24, 32, 40, 48].map((at) => bytes.readBigUInt64LE(at))).toEqual([
      70_000n,
      70_000n,
      7_000_000n,
      5_000_000_000n,
    ]);
    expect(bytes.readBigUInt64LE(56 + 8)).toBe(5_007_000_000n);
  });
});
