import type { ContentReader } from '@holdfast/core/inspect';
import type { Budget } from '../budget.js';
import { type Leaf, leavesOf } from '../header/element-type.js';
import type { NpyHeader } from '../header/npy-header.js';
import { leafChunks, valuesAtOnce } from '../values/leaf-chunks.js';
import { type Tally, tallyOf } from '../values/tally.js';
import { elementBlocks, elementsAtOnce, MAX_ELEMENT_BYTES } from './element-blocks.js';

/** What the values of an array are like. */
export interface ScannedValues {
  readonly leaves: readonly { readonly leaf: Leaf; readonly tally: Tally }[];
  /** How many there are, also those that were not looked at. */
  readonly leafCount: number;
  /** How many elements were looked at. */
  readonly elements: number;
  readonly faults: readonly string[];
}

/** Of a larger array this much is looked at, in blocks that lie evenly over it: a second of work. */
export const SAMPLE_BYTES: number = 1024 ** 3;
/** More fields than facts have room for are not looked into. */
const MAX_LEAVES = 100;

/**
 * Goes through the values of an array whose length has been checked.
 *
 * @param sampleBytes of a larger array only a sample of this size is looked at; infinite where all has to be read anyway
 * @throws FoundFault; what the budget throws.
 */
export async function scanValues(
  reader: ContentReader,
  header: NpyHeader,
  budget: Budget,
  sampleBytes: number,
): Promise<ScannedValues> {
  const { itemBytes } = header.element;
  const all = leavesOf(header.element);
  const leaves = all.slice(0, MAX_LEAVES).map((leaf) => ({ leaf, tally: tallyOf(leaf.scalar) }));
  let elements = 0;
  if (itemBytes > 0 && itemBytes <= MAX_ELEMENT_BYTES) {
    for (const range of rangesOf(Number(header.valueCount), itemBytes, sampleBytes)) {
      for await (const { bytes } of elementBlocks(reader, { offset: header.dataOffset, itemBytes, ...range }, budget)) {
        elements += bytes.length / itemBytes;
        for (const { leaf, tally } of leaves) {
          if (leaves.length > 1) await budget.pause();
          for (const chunk of leafChunks(bytes, itemBytes, leaf, valuesAtOnce(leaf.scalar.itemBytes)))
            tally.add(chunk.bytes);
        }
      }
    }
  }
  return { leaves, leafCount: all.length, elements, faults: leaves.flatMap(({ tally }) => tally.fault?.() ?? []) };
}

/** All of them, or as many blocks as a sample has, the first and the last one among them. */
function* rangesOf(count: number, itemBytes: number, sampleBytes: number): Generator<{ first: number; count: number }> {
  if (count * itemBytes <= sampleBytes) {
    yield { first: 0, count };
    return;
  }
  const atOnce = elementsAtOnce(itemBytes);
  const blocks = Math.max(2, Math.floor(sampleBytes / (atOnce * itemBytes)));
  for (let block = 0; block < blocks; block++) {
    const first = Math.floor(((count - atOnce) / (blocks - 1)) * block);
    yield { first, count: atOnce };
  }
}
