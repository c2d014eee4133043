import fc from 'fast-check';
import { expect, test } from 'vitest';
import { npyInspector } from '../src/index.js';
import { held } from './files.js';
import { writtenArray } from './written-array.js';

/** Whole numbers in some shape, in some order of the file. */
interface Numbers {
  readonly shape: readonly number[];
  readonly fortran: boolean;
  /** By index. */
  valueAt(index: readonly number[]): number;
}

const size = fc.integer({ min: 0, max: 4 });
const numbers = (rank: number): fc.Arbitrary<Numbers> =>
  fc
    .record({
      shape: fc.array(size, { minLength: rank, maxLength: rank }),
      fortran: fc.boolean(),
      seed: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ shape, fortran, seed }) => ({
      shape,
      fortran,
      valueAt: (index) => index.reduce((sum, at) => sum * 3 + at, seed === 0 ? 0 : index.length % 2) % (seed + 2),
    }));

/** Every index of a shape, in one order. */
function indices(shape: readonly number[], fortran: boolean): number[][] {
  if (shape.length === 0) return [[]];
  const axis = fortran ? shape.length - 1 : 0;
  const others = indices(shape.toSpliced(axis, 1), fortran);
  return Array.from({ length: shape[axis] ?? 0 }, (_, at) =>
    others.map((index) => index.toSpliced(axis, 0, at)),
  ).flat();
}

function written({ shape, fortran, valueAt }: Numbers): Uint8Array {
  const values = indices(shape, fortran).map(valueAt);
  return writtenArray({ descr: "'<i2'", shape, fortran, data: new Uint8Array(Int16Array.from(values).buffer) });
}

/** Half of them differ in one dimension only, since that is read in another way. */
const pairs = fc.integer({ min: 0, max: 3 }).chain((rank) =>
  fc
    .tuple(numbers(rank), numbers(rank), fc.boolean(), fc.nat(Math.max(0, rank - 1)))
    .map(([before, after, isClose, axis]) =>
      isClose
        ? ([
            before,
            {
              ...after,
              shape: before.shape.map((extent, at) => (at === axis ? (after.shape[at] ?? extent) : extent)),
            },
          ] as const)
        : ([before, after] as const),
    ),
);

test('arrays of different shapes are compared where both have something, in the order of the earlier file', async () => {
  let differing = 0;
  await fc.assert(
    fc.asyncProperty(pairs, async ([before, after]) => {
      const common = before.shape.map((extent, axis) => Math.min(extent, after.shape[axis] ?? 0));
      const places = indices(common, before.fortran)
        .filter((index) => before.valueAt(index) !== after.valueAt(index))
        .map((index) => `[${index.join(', ')}]`);
      const comparison = await npyInspector.compare(held(written(before)), held(written(after)), { maxChanges: 200 });
      if (comparison.status === 'notCompared') throw new Error('both are sound');
      const changed = comparison.changes.filter(({ change }) => change === 'changed').map(({ place }) => place);
      expect(changed).toEqual(places);
      expect(comparison.isEqual).toBe(places.length === 0 && String(before.shape) === String(after.shape));
      if (places.length > 0) differing += 1;
    }),
    { numRuns: 400 },
  );
  expect(differing).toBeGreaterThan(50);
});

test('rows that were added or removed at the end are said', async () => {
  const rows = (count: number): ReturnType<typeof held> =>
    held(writtenArray({ descr: "'|u1'", shape: [count, 2], data: new Uint8Array(count * 2) }));
  expect(await npyInspector.compare(rows(2), rows(5))).toMatchObject({
    lines: ['the 4 values they have in common are the same', 'shape 2 x 2 → 5 x 2, 3 rows added at the end'],
    changes: [{ place: '[2:5]', change: 'added' }],
    facts: { addedRows: 3 },
  });
  expect(await npyInspector.compare(rows(3), rows(2))).toMatchObject({
    changes: [{ place: '[2:3]', change: 'removed' }],
    facts: { removedRows: 1 },
  });
});

test('values of another type are compared by what they are', async () => {
  const file = (
    descr: string,
    data: ArrayLike<number> | BigInt64Array,
    of: 'f8' | 'i8' | 'f4' | 'u4',
  ): ReturnType<typeof held> => {
    const typed =
      of === 'i8'
        ? BigInt64Array.from(data as BigInt64Array)
        : { f8: Float64Array, f4: Float32Array, u4: Uint32Array }[of].from(data as ArrayLike<number>);
    const itemBytes = Number(/\d+/.exec(descr)?.[0]) * (descr.includes('U') ? 4 : 1);
    const bytes = new Uint8Array(typed.buffer);
    return held(writtenArray({ descr: `'${descr}'`, shape: [bytes.length / itemBytes], data: bytes }));
  };
  const differing = async (before: ReturnType<typeof held>, after: ReturnType<typeof held>): Promise<unknown> => {
    const comparison = await npyInspector.compare(before, after);
    return comparison.status === 'compared' ? [comparison.isEqual, comparison.facts.differentValues] : comparison;
  };
  const whole = BigInt64Array.of(1n, 2n ** 53n + 1n, -1n);
  expect(await differing(file('<i8', whole, 'i8'), file('<f8', [1, 2 ** 53, -1], 'f8'))).toEqual([false, 1]);
  expect(await differing(file('<i8', whole, 'i8'), file('<u8', whole, 'i8'))).toEqual([false, 1]);
  expect(await differing(file('<f8', [0.5, Number.NaN], 'f8'), file('<f4', [0.5, Number.NaN], 'f4'))).toEqual([
    false,
    0,
  ]);
  expect(await differing(file('<i8', BigInt64Array.of(0n), 'i8'), file('<f8', [Number.NaN], 'f8'))).toEqual([false, 1]);
  // A second, and a thousand milliseconds; none is none in every unit.
  const none = -(2n ** 63n);
  const seconds = file('<M8[s]', BigInt64Array.of(1n, none, none), 'i8');
  expect(await differing(seconds, file('<M8[ms]', BigInt64Array.of(1000n, none, 0n), 'i8'))).toEqual([false, 1]);
  // Years have no length, so nothing is said of them.
  expect(await differing(seconds, file('<M8[Y]', BigInt64Array.of(0n, 0n, 0n), 'i8'))).toEqual([false, undefined]);
  // 'ab' with room for two and for four characters.
  expect(await differing(file('<U2', [97, 98, 99, 0], 'u4'), file('<U4', [97, 98, 0, 0, 99, 0, 0, 100], 'u4'))).toEqual(
    [false, 1],
  );
});
