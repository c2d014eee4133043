import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writtenArchive } from '../../test/written-archive.js';
import { budgetOf } from '../budget.js';
import { openContent } from '../content.js';
import { memberReader } from './member-reader.js';
import { readDirectory } from './zip-directory.js';

test('a member is read at any place, forwards and backwards, and checked at its end wherever that was', async () => {
  // More than is inflated in one call, and of pieces.
  const content = Buffer.concat([randomBytes(300_000), Buffer.alloc(300_000), randomBytes(100_000)]);
  const bytes = writtenArchive([
    { name: 'deflated', content, deflated: true },
    { name: 'stored', content },
  ]);
  const archive = await openContent({ name: 'a.npz', sizeBytes: bytes.length, content: { bytes } });
  const budget = budgetOf();
  const places = fc.tuple(fc.integer({ min: 0, max: content.length + 5 }), fc.integer({ min: 0, max: 200_000 }));
  for (const member of await readDirectory(archive, budget)) {
    await fc.assert(
      fc.asyncProperty(fc.array(places, { maxLength: 5 }), async (reads) => {
        const reader = memberReader(archive, member, budget);
        for (const [offset, lengthBytes] of reads) {
          const read = await reader.read(offset, lengthBytes);
          expect(Buffer.compare(read, content.subarray(offset, offset + lengthBytes))).toBe(0);
        }
        await reader.finish();
        await reader.close();
      }),
      { numRuns: 20 },
    );
  }
});
