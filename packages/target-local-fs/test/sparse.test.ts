import { readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testStore } from './store.js';

const MIB = 1024 * 1024;
const STAT_BLOCK_BYTES = 512;

/** Zeros with a byte here and there, in pieces of a size that no block has. */
function source(bytes: Buffer, pieceBytes: number): { sizeBytes: number; open(): AsyncIterable<Uint8Array> } {
  return {
    sizeBytes: bytes.length,
    async *open() {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    },
  };
}

test.runIf(process.platform === 'linux').each([
  { pieceBytes: MIB, last: 'zeros' },
  { pieceBytes: 70_001, last: 'zeros' },
  { pieceBytes: 3 * MIB, last: 'data' },
])(
  'a large file of zeros takes no space in the store, and reads as it was put: pieces of $pieceBytes, $last at the end',
  async ({ pieceBytes, last }) => {
    const bytes = Buffer.alloc(8 * MIB + 777);
    for (const at of [0, 5 * MIB - 1, 5 * MIB]) bytes[at] = 1;
    if (last === 'data') bytes[bytes.length - 1] = 1;
    const store = testStore();
    const batch = await (await store.open()).begin({ root: 'r' });
    await batch.put('r/disk.img', source(bytes, pieceBytes));
    await batch.put('r/dense.img', source(Buffer.alloc(2 * MIB, 'dense'), pieceBytes));
    await batch.commit();
    const path = store.at('r/disk.img');
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(statSync(path).blocks * STAT_BLOCK_BYTES).toBeLessThan(MIB / 2);
    expect(readFileSync(store.at('r/dense.img')).equals(Buffer.alloc(2 * MIB, 'dense'))).toBe(true);
  },
);
