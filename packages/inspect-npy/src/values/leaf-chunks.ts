import type { Leaf } from '../header/element-type.js';

/** Some values of a leaf, one after the other. */
export interface LeafChunk {
  /** Valid until the next chunk is asked for. */
  readonly bytes: Uint8Array;
  /** The element of the block that the first value belongs to, and its place among the values of that element. */
  readonly element: number;
  readonly inner: number;
}

const CHUNK_VALUES = 65_536;
/** Half a megabyte of numbers stays in the second-level cache. */
const CHUNK_BYTES = 512 * 1024;

/** How many values of this size are looked at in one go. */
export function valuesAtOnce(valueBytes: number): number {
  return Math.max(1, Math.min(CHUNK_VALUES, Math.floor(CHUNK_BYTES / valueBytes)));
}

/**
 * The values of one leaf in a block of whole elements, in chunks of at most `atOnce`. Two leaves with as many values in an element have
 * the same chunks, whatever lies around them.
 *
 * @param itemBytes of a whole element
 */
export function* leafChunks(
  block: Uint8Array,
  itemBytes: number,
  leaf: Leaf,
  atOnce: number,
): Generator<LeafChunk, void, undefined> {
  const valueBytes = leaf.scalar.itemBytes;
  const leafBytes = valueBytes * leaf.count;
  if (leafBytes === 0) return;
  const elements = block.length / itemBytes;
  if (leaf.count > atOnce) {
    for (let element = 0; element < elements; element++) {
      const start = element * itemBytes + leaf.offset;
      for (let inner = 0; inner < leaf.count; inner += atOnce) {
        const end = Math.min(inner + atOnce, leaf.count);
        yield { bytes: block.subarray(start + inner * valueBytes, start + end * valueBytes), element, inner };
      }
    }
    return;
  }
  const step = Math.floor(atOnce / leaf.count);
  const isAll = leafBytes === itemBytes;
  const gathered = new Uint8Array(isAll ? 0 : Math.min(step, elements) * leafBytes);
  for (let element = 0; element < elements; element += step) {
    const count = Math.min(step, elements - element);
    const bytes = isAll
      ? block.subarray(element * itemBytes, (element + count) * itemBytes)
      : gather(block.subarray(element * itemBytes + leaf.offset), itemBytes, gathered, leafBytes, count);
    yield { bytes, element, inner: 0 };
  }
}

/** Puts `count` pieces together that lie `stepBytes` apart. */
function gather(from: Uint8Array, stepBytes: number, to: Uint8Array, pieceBytes: number, count: number): Uint8Array {
  for (let piece = 0; piece < count; piece++) {
    let source = piece * stepBytes;
    const end = (piece + 1) * pieceBytes;
    for (let at = piece * pieceBytes; at < end; at++) to[at] = from[source++] as number;
  }
  return to.subarray(0, count * pieceBytes);
}
