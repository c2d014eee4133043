import type { ContentReader } from '@holdfast/core/inspect';
import type { Budget } from '../budget.js';
import { readExactly } from '../content.js';

/** How much is read at once: about a third of a millisecond of work. */
export const BLOCK_BYTES: number = 1024 * 1024;
/** An element that is larger (a record with a large array in it) would have to be held as a whole, and is not looked into. */
export const MAX_ELEMENT_BYTES: number = 64 * 1024 * 1024;

/** Elements that lie one after the other. */
export interface ElementRange {
  /** Where element 0 begins. */
  readonly offset: number;
  readonly itemBytes: number;
  readonly first: number;
  readonly count: number;
}

/** How many elements are read at once. */
export function elementsAtOnce(itemBytes: number): number {
  return Math.max(1, Math.floor(BLOCK_BYTES / itemBytes));
}

/**
 * Reads elements in blocks of whole ones.
 *
 * @throws FoundFault; what the budget throws.
 */
export async function* elementBlocks(
  reader: ContentReader,
  { offset, itemBytes, first, count }: ElementRange,
  budget: Budget,
): AsyncGenerator<{ readonly first: number; readonly bytes: Uint8Array }, void, undefined> {
  const atOnce = elementsAtOnce(itemBytes);
  for (let at = first; at < first + count; at += atOnce) {
    await budget.pause();
    const elements = Math.min(atOnce, first + count - at);
    yield { first: at, bytes: await readExactly(reader, offset + at * itemBytes, elements * itemBytes) };
  }
}
