import type { Leaf } from '../header/element-type.js';
import { CHUNK_VALUES } from './number-decoder.js';

/** Some values of a leaf, one after the other. */
export interface LeafChunk {
  /** Valid until the next chunk is asked for. */
  readonly bytes: Uint8Array;
  /** The element of the block that the first value belongs to, and its place among the values of that element. */
  readonly element: number;
  readonly inner: number;
}

/** In records, values are put together first, as many bytes at once. */
const GATHER_BYTES = 256 * 1024;

/**
 * The values of one leaf in a block of whole elements, in chunks of at most {@link CHUNK_VALUES}.
 *
 * @param itemBytes of a whole element
 */
export function* leafChunks(block: Uint8Array, itemBytes: number, leaf: Leaf): Generator<LeafChunk, void, undefined> {
  const valueBytes = leaf.scalar.itemBytes;
  const leafBytes = valueBytes * leaf.count;
  if (leafBytes === 0) return;
  if (leafBytes === itemBytes && leaf.count === 1) {
    const step = CHUNK_VALUES * valueBytes;
    for (let at = 0; at < block.length; at += step)
      yield { bytes: block.subarray(at, at + step), element: at / valueBytes, inner: 0 };
    return;
  }
  const elements = block.length / itemBytes;
  if (leaf.count >= CHUNK_VALUES || leafBytes >= GATHER_BYTES) {
    for (let element = 0; element < elements; element++) {
      const start = element * itemBytes + leaf.offset;
      for (let inner = 0; inner < leaf.count; inner += CHUNK_VALUES) {
        const end = Math.min(inner + CHUNK_VALUES, leaf.count);
        yield { bytes: block.subarray(start + inner * valueBytes, start + end * valueBytes), element, inner };
      }
    }
    return;
  }
  const atOnce = Math.max(1, Math.floor(Math.min(GATHER_BYTES / leafBytes, CHUNK_VALUES / leaf.count)));
  const gathered = new Uint8Array(Math.min(atOnce, elements) * leafBytes);
  for (let element = 0; element < elements; element += atOnce) {
    const count = Math.min(atOnce, elements - element);
    for (let index = 0; index < count; index++) {
      let from = (element + index) * itemBytes + leaf.offset;
      const to = (index + 1) * leafBytes;
      for (let at = index * leafBytes; at < to; at++) gathered[at] = block[from++] ?? 0;
    }
    yield { bytes: gathered.subarray(0, count * leafBytes), element, inner: 0 };
  }
}
