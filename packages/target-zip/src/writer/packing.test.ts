import { randomBytes } from 'node:crypto';
import { crc32, inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { BLOCK_BYTES, blocksOf, deflateBlock } from './blocks.js';
import { pack } from './packing.js';

const STORED = 0;
const DEFLATED = 8;

function text(sizeBytes: number): Buffer {
  return Buffer.from(Array.from({ length: sizeBytes / 6 + 1 }, (_, n) => `line ${n}\n`).join('')).subarray(
    0,
    sizeBytes,
  );
}

test.each([100, 1000, 32 * 1024, 64 * 1024, 1024 * 1024])(
  '%i bytes of text are deflated, and inflate to themselves',
  async (size) => {
    const bytes = text(size);
    const packed = await pack(bytes);
    expect(packed.content).toEqual({
      method: DEFLATED,
      crc32: crc32(bytes),
      sizeBytes: size,
      packedBytes: packed.bytes.byteLength,
    });
    expect(inflateRawSync(packed.bytes).equals(bytes)).toBe(true);
  },
);

test.each([0, 1, 20, 1000, 64 * 1024, 1024 * 1024])('%i bytes of noise are stored as they are', async (size) => {
  const bytes = randomBytes(size);
  const packed = await pack(bytes);
  expect(packed.content).toMatchObject({ method: STORED, sizeBytes: size, packedBytes: size, crc32: crc32(bytes) });
  expect(Buffer.compare(packed.bytes, bytes)).toBe(0);
});

test('text behind noise, or noise behind text, is found by the samples', async () => {
  for (const parts of [
    [randomBytes(200_000), text(400_000)],
    [text(400_000), randomBytes(200_000)],
  ]) {
    expect((await pack(Buffer.concat(parts))).content.method).toBe(DEFLATED);
  }
});

test('pieces of any size are gathered to full blocks, copied', async () => {
  const whole = randomBytes(2 * BLOCK_BYTES + 12_345);
  const reused = Buffer.alloc(777_777);
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < whole.length; at += reused.length) {
      const length = whole.copy(reused, 0, at);
      yield reused.subarray(0, length);
    }
  }
  const blocks: Buffer[] = [];
  for await (const block of blocksOf(pieces())) blocks.push(block);
  expect(blocks.map((block) => block.length)).toEqual([BLOCK_BYTES, BLOCK_BYTES, 12_345]);
  expect(Buffer.concat(blocks).equals(whole)).toBe(true);
});

test('blocks that are deflated by themselves are one stream, one behind the other', async () => {
  const blocks = [text(BLOCK_BYTES), randomBytes(5000), text(3)];
  const packed = await Promise.all(blocks.map((block, n) => deflateBlock(block, n === blocks.length - 1)));
  expect(inflateRawSync(Buffer.concat(packed)).equals(Buffer.concat(blocks))).toBe(true);
});
