import type { SnapshotListing } from '@holdfast/core';
import { expect, it } from 'vitest';
import { colours } from './colours.js';
import { listingItem } from './snapshot-item.js';

const listing = (createdAt: string): SnapshotListing => {
  const counts = { files: 1, directories: 0, symlinks: 0, bytes: 1, skipped: 0, unstable: 0 };
  const labels = { host: 'h', user: 'u', program: 'p', sources: [], tags: [], contentsSha256: '' };
  const payload = { id: 'x', createdAt, sequence: 1, counts, flags: [], ...labels };
  const proof = { sizeBytes: 0, sha256: '' };
  const envelope = { format: 'plain', nonce: '', manifest: proof, sha256sums: proof } as const;
  const versions = { minReader: 1, minWriter: 1, version: 1, features: { incompat: [], rocompat: [] } };
  return { status: 'ok', id: 'x', record: { holdfast: 'snapshot', versions, payload, envelope } };
};

it('a snapshot whose time lies in the future is listed with the flag of a clock that was wrong', () => {
  const future = listingItem(listing('2999-01-01T00:00:00+00:00'), colours(false));
  expect(future.json.flags).toEqual(['clock']);
  expect(future.text).toMatch(/ {2}clock$/);
  expect(listingItem(listing('2026-01-01T00:00:00+00:00'), colours(false)).json.flags).toEqual([]);
});
