import { describe, expect, it } from 'vitest';
import { readRefusal } from '../plain/versions.js';
import { decodeRecord, encodeRecord, payloadSha256, type SnapshotRecord } from './record.js';

const RECORD: SnapshotRecord = {
  holdfast: 'snapshot',
  versions: { version: 1, minReader: 1, minWriter: 1, features: { incompat: [], rocompat: [] } },
  payload: {
    id: '20260101T000000000Z-00000000',
    name: 'nightly',
    createdAt: '2026-01-01T01:00:00.000+01:00',
    sequence: 3,
    host: 'höst',
    user: 'user',
    program: 'holdfast 0',
    sources: [{ id: 's', name: 'data', path: '/srv/data', type: 'directory' }],
    tags: ['a'],
    counts: { files: 1, directories: 1, symlinks: 0, bytes: 2, skipped: 0, unstable: 0 },
    parent: '20251231T000000000Z-00000000',
    flags: ['clock'],
    contentsSha256: 'a'.repeat(64),
  },
  envelope: {
    format: 'plain',
    manifest: { sizeBytes: 3, sha256: 'b'.repeat(64) },
    sha256sums: { sizeBytes: 4, sha256: 'c'.repeat(64) },
    nonce: '0123',
  },
};

const decode = (bytes: Uint8Array): ReturnType<typeof decodeRecord> => decodeRecord(bytes, readRefusal);

describe('a record', () => {
  it('is read as it was written', () => {
    expect(decode(encodeRecord(RECORD))).toEqual({ status: 'ok', record: RECORD });
  });

  it('is damaged, whichever single bit of it is turned', () => {
    const sound = encodeRecord(RECORD);
    const passed: string[] = [];
    for (let index = 0; index < sound.length; index += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const bytes = Uint8Array.from(sound);
        bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
        if (decode(bytes).status !== 'damaged') passed.push(`bit ${bit} of byte ${index}`);
      }
    }
    expect(passed).toEqual([]);
  });

  it('is damaged, wherever it is cut', () => {
    const sound = encodeRecord(RECORD);
    // Without its last newline it is still all there.
    for (let length = 0; length < sound.length - 1; length += 1) {
      expect(decode(sound.subarray(0, length)).status).toBe('damaged');
    }
  });

  it.each<[string, string, string]>([
    ['nothing', '', 'it is empty'],
    ['zeros', '\0\0\0\0', 'it is all zeros'],
    ['no JSON', '{', 'it is no JSON'],
    ['null', 'null', 'it has no checksum'],
    ['a list', '[]', 'it has no checksum'],
    ['no checksum', '{}', 'it has no checksum'],
    ['a checksum that is no text', '{"check":1}', 'its checksum does not fit'],
    ['a number that cannot be written again', '{"check":"x","a":0.5}', 'its checksum does not fit'],
    [
      'a nest without end',
      `{"check":"x","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      'its checksum does not fit',
    ],
  ])('of %s is damaged, and says how', (_, text, reason) => {
    expect(decode(Buffer.from(text))).toEqual({ status: 'damaged', reason });
  });

  it('keeps members that this version does not know, and they count in the identity', () => {
    const later = { ...RECORD, payload: { ...RECORD.payload, mood: 'fine' } };
    const decoded = decode(encodeRecord(later));
    expect(decoded).toEqual({ status: 'ok', record: later });
    expect(payloadSha256(later.payload)).not.toBe(payloadSha256(RECORD.payload));
  });

  it('has an identity that does not depend on the order of its members, nor on its envelope', () => {
    const turned = Object.fromEntries(Object.entries(RECORD.payload).reverse()) as unknown as typeof RECORD.payload;
    expect(payloadSha256(turned)).toBe(payloadSha256(RECORD.payload));
  });
});
