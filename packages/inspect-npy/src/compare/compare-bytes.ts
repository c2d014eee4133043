import type { ContentReader } from '@holdfast/core/inspect';
import type { Budget } from '../budget.js';

const BLOCK_BYTES = 1024 * 1024;

/** Are two contents the same, byte by byte? @throws what the budget throws. */
export async function areSameBytes(before: ContentReader, after: ContentReader, budget: Budget): Promise<boolean> {
  if (before.sizeBytes !== after.sizeBytes) return false;
  for (let offset = 0; offset < before.sizeBytes; offset += BLOCK_BYTES) {
    await budget.pause();
    const [one, other] = await Promise.all([before.read(offset, BLOCK_BYTES), after.read(offset, BLOCK_BYTES)]);
    if (Buffer.compare(one, other) !== 0) return false;
  }
  return true;
}
