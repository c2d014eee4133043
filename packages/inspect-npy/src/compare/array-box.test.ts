import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writtenArray } from '../../test/written-array.js';
import { openArray } from '../array/open-array.js';
import { budgetOf } from '../budget.js';
import { openContent } from '../content.js';
import { boxElements, boxesOf, readBox } from './array-box.js';

const shapes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });

test('boxes cover an array, each place once, and none is larger than it may be', () => {
  fc.assert(
    fc.property(shapes, fc.integer({ min: 1, max: 200 }), (shape, boxBytes) => {
      const seen = new Set<string>();
      let elements = 0;
      for (const box of boxesOf(shape, 2, boxBytes)) {
        expect(boxElements(box) * 2).toBeLessThanOrEqual(Math.max(2, boxBytes));
        elements += boxElements(box);
        seen.add(String(box.lower));
      }
      expect(elements).toBe(shape.reduce((product, size) => product * size, 1));
      expect(seen.size).toBe([...boxesOf(shape, 2, boxBytes)].length);
    }),
  );
});

test('a box has the same elements in C order, whatever the order of the file', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.integer({ min: 2, max: 100 }), async (shape, boxBytes) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
      const inC = Uint16Array.from({ length: count }, (_, position) => position);
      const inF = new Uint16Array(count);
      for (let position = 0; position < count; position++) {
        const index = shape.map((size, axis) => Math.floor(position / (strides[axis] ?? 1)) % size);
        inF[index.reduceRight((at, step, axis) => at * (shape[axis] ?? 1) + step, 0)] = position;
      }
      const budget = budgetOf();
      const open = async (data: Uint16Array, fortran: boolean) => {
        const bytes = writtenArray({ descr: "'<u2'", shape, fortran, data: new Uint8Array(data.buffer) });
        return openArray(await openContent({ name: 'a.npy', sizeBytes: bytes.length, content: { bytes } }), budget);
      };
      const [one, other] = [await open(inC, false), await open(inF, true)];
      for (const box of boxesOf(shape, 2, boxBytes)) {
        const left = await readBox(one.reader, one.header, box, budget);
        const first = box.lower.reduce((at, from, axis) => at + from * (strides[axis] ?? 0), 0);
        expect((left[0] ?? 0) + (left[1] ?? 0) * 256).toBe(first);
        expect([...(await readBox(other.reader, other.header, box, budget))]).toEqual([...left]);
      }
    }),
    { numRuns: 50 },
  );
});
