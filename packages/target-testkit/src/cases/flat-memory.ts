import assert from 'node:assert/strict';
import { type Topic, topic } from '../case.js';
import { digestOf, patternSource } from '../sources.js';
import { record } from '../steps.js';

const SAMPLE_MS = 20;

export const flatMemory: Topic = topic('memory: flat, however large the object');

/** How far the resident memory of this process rose above its start while `work` ran. */
async function growthBytes(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage.rss();
  let highest = before;
  const timer = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage.rss());
  }, SAMPLE_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(highest, process.memoryUsage.rss()) - before;
}

flatMemory.always('a large object goes in and comes out in flat memory', async ({ target, sizes }) => {
  const source = patternSource(sizes.largeObjectBytes);
  const put = await growthBytes(async () => {
    const batch = await target.begin({ root: 'r' });
    await batch.put('r/large', source);
    await batch.commit(record());
  });
  assert.ok(put <= sizes.memoryGrowthBytes, `putting ${source.sizeBytes} bytes grew the process by ${put}`);
  const expected = await digestOf(source.open());
  const get = await growthBytes(async () => {
    assert.deepEqual(await digestOf(target.get('r/large')), expected);
  });
  assert.ok(get <= sizes.memoryGrowthBytes, `getting ${source.sizeBytes} bytes grew the process by ${get}`);
});
