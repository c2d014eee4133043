import type { InspectedFile } from '@holdfast/core/inspect';
import { expect, test } from 'vitest';
import { type WrittenArray, writtenArray } from '../test/written-array.js';
import { npyInspector } from './npy-inspector.js';

const file = (array: WrittenArray): InspectedFile => {
  const bytes = writtenArray(array);
  return { name: 'array.npy', sizeBytes: bytes.length, content: { bytes } };
};
const doubles = (...numbers: number[]): Uint8Array => new Uint8Array(Float64Array.of(...numbers).buffer);

test('two versions differ by how many values, by how much and where', async () => {
  const before = file({ shape: [2, 2], data: doubles(1, 2, Number.NaN, 4) });
  const after = file({ shape: [2, 2], data: doubles(1, 2.5, Number.NaN, 5) });
  expect(await npyInspector.compare(before, after)).toEqual({
    status: 'compared',
    isEqual: false,
    lines: ['2 of 4 values differ, by 1 at most and 0.75 on average'],
    facts: {
      shapeBefore: [2, 2],
      shapeAfter: [2, 2],
      dtypeBefore: 'float64',
      dtypeAfter: 'float64',
      comparedValues: 4,
      differentValues: 2,
      maxDifference: '1',
      meanDifference: '0.75',
    },
    changes: [
      { place: '[0, 1]', change: 'changed', before: '2', after: '2.5' },
      { place: '[1, 1]', change: 'changed', before: '4', after: '5' },
    ],
    omittedChanges: 0,
  });
});

test('the same values in another byte order and memory order are equal', async () => {
  const before = file({ shape: [2, 3], data: doubles(1, 2, 3, 4, 5, 6) });
  const turned = Buffer.from(doubles(1, 4, 2, 5, 3, 6)).swap64();
  const after = file({ descr: "'>f8'", fortran: true, shape: [2, 3], data: turned });
  expect(await npyInspector.compare(before, after)).toMatchObject({
    isEqual: true,
    lines: ['the same values', 'byte order little → big', 'memory order C → F'],
    changes: [],
  });
});

test('the value at a place is found in both memory orders, and none where there is no such place', async () => {
  const array = file({ fortran: true, shape: [2, 3], data: doubles(1, 4, 2, 5, 3, 6) });
  expect(await npyInspector.valueAt?.(array, '[1, 2]')).toEqual({ text: '6' });
  expect(await npyInspector.valueAt?.(array, '[-2,-1]')).toEqual({ text: '3' });
  for (const place of ['[2, 0]', '[0]', '', 'x', '[0, 0].x', '[0, 1.5]'])
    expect(await npyInspector.valueAt?.(array, place)).toBeUndefined();
});
