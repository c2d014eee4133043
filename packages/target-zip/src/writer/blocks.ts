import { promisify } from 'node:util';
import { constants, deflateRaw } from 'node:zlib';
import { DEFLATE_LEVEL, WORTH_DEFLATING } from './packing.js';

const deflateAsync = promisify(deflateRaw);

/** A large content is deflated in blocks of this size, each by itself, so that all cores help with one file. */
export const BLOCK_BYTES: number = 1024 * 1024;

/** Gathers pieces to blocks of {@link BLOCK_BYTES}, copied: a source may use its buffer again. The last one may be shorter. */
export async function* blocksOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  let block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  let filled = 0;
  for await (const piece of pieces) {
    for (let taken = 0; taken < piece.byteLength; ) {
      const part = piece.subarray(taken, taken + BLOCK_BYTES - filled);
      block.set(part, filled);
      filled += part.byteLength;
      taken += part.byteLength;
      if (filled < BLOCK_BYTES) continue;
      yield block;
      block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

/**
 * Deflates one block so that the outputs of all blocks, one behind the other, are one deflate stream: all but the last end
 * with an empty stored block on a byte boundary (Z_SYNC_FLUSH, RFC 1951 3.2.4), and none looks back into another.
 */
export async function deflateBlock(block: Uint8Array, isLast: boolean): Promise<Buffer> {
  return deflateAsync(block, {
    level: DEFLATE_LEVEL,
    chunkSize: BLOCK_BYTES + 1024,
    finishFlush: isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
  });
}

/** Is a content that begins with this block worth deflating? */
export async function shrinks(firstBlock: Uint8Array): Promise<boolean> {
  return (await deflateBlock(firstBlock, true)).byteLength < firstBlock.byteLength * WORTH_DEFLATING;
}
