import type { InspectedFile } from '@holdfast/core/inspect';
import { expect, test } from 'vitest';
import { writtenArray } from '../test/written-array.js';
import { npyInspector } from './npy-inspector.js';

const file = (bytes: Uint8Array, name = 'array.npy'): InspectedFile => ({
  name,
  sizeBytes: bytes.length,
  content: { bytes },
});

test('a face encoding is told by its type, its shape and its range', async () => {
  const data = new Uint8Array(Float64Array.of(0.25, -0.21, Number.NaN, 0.33).buffer);
  const bytes = writtenArray({ descr: "'<f8'", shape: [4], data });
  const inspection = await npyInspector.inspect(file(bytes));
  expect(inspection).toEqual({
    status: 'sound',
    facts: {
      formatVersion: '1.0',
      dtype: 'float64',
      byteOrder: 'little',
      shape: [4],
      order: 'C',
      values: 4,
      min: '-0.21',
      max: '0.33',
      nan: 1,
      infinite: 0,
    },
  });
  expect(npyInspector.describe(inspection.facts ?? {})).toEqual(['float64, 4 values, -0.21 to 0.33, 1 NaN']);
});

test('what is missing, what is too much and what is something else is named', async () => {
  const whole = writtenArray({ shape: [2], data: new Uint8Array(16) });
  const codeOf = async (bytes: Uint8Array): Promise<string> => {
    const answer = await npyInspector.inspect(file(bytes));
    return answer.status === 'sound' ? 'sound' : `${answer.status} ${answer.fault.code}: ${answer.fault.message}`;
  };
  expect(await codeOf(whole)).toBe('sound');
  expect(await codeOf(whole.subarray(0, whole.length - 1))).toBe(
    'broken TRUNCATED: it has 15 of the 16 bytes of its values',
  );
  expect(await codeOf(Buffer.concat([whole, Buffer.of(1)]))).toBe('broken INVALID: 1 byte follows its values');
  expect(await codeOf(new Uint8Array(0))).toBe('broken TRUNCATED: it is empty');
  expect(await codeOf(new Uint8Array(5000))).toBe('broken INVALID: all its bytes are zero');
  expect(await codeOf(Buffer.from('name,time\n'))).toBe('broken MISNAMED: it is text');
});
