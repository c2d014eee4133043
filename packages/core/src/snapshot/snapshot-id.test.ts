import { describe, expect, it } from 'vitest';
import { idMatches, isoWithOffset, newSnapshotId } from './snapshot-id.js';

const random = (size: number): Uint8Array => new Uint8Array(size).fill(0xab);

describe('an id', () => {
  it('is the UTC time to the millisecond and a random tail', () => {
    expect(newSnapshotId(new Date('2026-11-23T07:23:08.123Z'), random)).toBe('20261123T072308123Z-abababab');
  });

  it('sorts by time as text', () => {
    const times = [
      '1999-12-31T23:59:59.999Z',
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:00:00.001Z',
      '2038-02-01T00:00:00.000Z',
    ];
    const ids = times.map((time) => newSnapshotId(new Date(time)));
    expect([...ids].sort()).toEqual(ids);
  });

  it('differs from the next one of the same millisecond', () => {
    const now = new Date();
    expect(newSnapshotId(now)).not.toBe(newSnapshotId(now));
  });

  it('is meant by the whole, by its beginning and by the beginning of its tail, and by nothing else', () => {
    const id = '20261123T072308123Z-7f3a9c2b';
    for (const typed of [id, '2026', '20261123T07', '7f3a', '7f3a9c2b']) expect(idMatches(id, typed)).toBe(true);
    for (const typed of ['', '2025', '9c2b', '7F3A', `${id}0`]) expect(idMatches(id, typed)).toBe(false);
  });
});

describe('a time of the place', () => {
  it('carries the offset, and is the same moment', () => {
    const now = new Date('2026-11-23T07:23:08.123Z');
    expect(isoWithOffset(now)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/);
    expect(new Date(isoWithOffset(now)).getTime()).toBe(now.getTime());
  });
});
