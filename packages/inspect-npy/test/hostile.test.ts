import { deflateRawSync } from 'node:zlib';
import { DEFAULT_INSPECT_LIMITS, MAX_FACTS_BYTES } from '@holdfast/core/inspect';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { npyInspector } from '../src/index.js';
import { held, lookAt, verdictOf } from './files.js';
import { writtenArchive } from './written-archive.js';
import { type WrittenArray, writtenArray } from './written-array.js';

const doubles = (...numbers: number[]): Uint8Array => new Uint8Array(Float64Array.from(numbers).buffer);
const small: WrittenArray = { shape: [2, 3], data: doubles(1, 2, 3, 4, 5, 6) };
const record: WrittenArray = {
  descr: "[('a', '<i4'), ('b', [('x', '>f4'), ('y', '|S3')], (2,))]",
  shape: [3],
  data: new Uint8Array(54).fill(65),
};

/** Whatever it is, there is an answer, of one of the kinds that a file can have, and short. */
async function answered(bytes: Uint8Array, name: string): Promise<string> {
  const inspection = await lookAt(bytes, name);
  expect(Buffer.byteLength(JSON.stringify(inspection.facts ?? {}))).toBeLessThanOrEqual(MAX_FACTS_BYTES);
  npyInspector.describe(inspection.facts ?? {});
  const comparison = await npyInspector.compare(held(bytes, name), held(bytes, name));
  if (comparison.status === 'compared') expect(comparison).toMatchObject({ isEqual: true, changes: [] });
  else expect(verdictOf(comparison.inspection)).toBe(verdictOf(inspection));
  await npyInspector.valueAt?.(held(bytes, name), name.endsWith('z') ? 'a[0, 0]' : '[0, 0]');
  return verdictOf(inspection);
}

test('an array that was cut anywhere is truncated', async () => {
  for (const array of [small, record, { ...small, version: 2 as const }]) {
    const whole = writtenArray(array);
    for (let length = 0; length < whole.length; length++)
      expect([length, await answered(whole.subarray(0, length), 'a.npy')]).toEqual([length, 'broken TRUNCATED']);
    expect(await answered(whole, 'a.npy')).toBe('sound');
  }
});

test('an archive that was cut anywhere is truncated', async () => {
  const whole = writtenArchive([
    { name: 'a.npy', content: writtenArray(small) },
    { name: 'b.npy', content: writtenArray(record), deflated: true },
  ]);
  expect(await answered(whole, 'a.npz')).toBe('sound');
  for (let length = 0; length < whole.length; length += 3)
    expect([length, await answered(whole.subarray(0, length), 'a.npz')]).toEqual([length, 'broken TRUNCATED']);
});

test('bits of a header or an archive may be flipped: there is an answer, and a flipped value in an archive is found', async () => {
  const array = writtenArray(record);
  for (let bit = 0; bit < 100 * 8; bit += 3) await answered(flipped(array, bit), 'a.npy');
  const archive = writtenArchive([
    { name: 'a.npy', content: writtenArray(small), deflated: true },
    { name: 'b.npy', content: writtenArray({ shape: [1], data: doubles(7) }) },
  ]);
  for (let bit = 0; bit < archive.length * 8; bit += 17) await answered(flipped(archive, bit), 'a.npz');
  const value = archive.lastIndexOf(0x1c); // The exponent of the 7.
  expect(await answered(flipped(archive, value * 8), 'a.npz')).toBe('broken INVALID');
});

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = bit >> 3;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

test('random bytes, with the beginning of an array or of an archive or without, have an answer', async () => {
  const beginnings = [
    '',
    '\x93NUMPY',
    '\x93NUMPY\x01\0\x10\0',
    '\x93NUMPY\x02\0\x10\0\0\0',
    'PK\x03\x04',
    'PK\x05\x06',
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...beginnings),
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom('a.npy', 'a.npz'),
      async (beginning, rest, name) => {
        await answered(Buffer.concat([Buffer.from(beginning, 'latin1'), rest]), name);
      },
    ),
    { numRuns: 300 },
  );
});

test('headers of random pieces of Python have an answer', async () => {
  const pieces = [
    "'descr'",
    "'shape'",
    "'fortran_order'",
    ':',
    ',',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    'True',
    'None',
    '-',
    '7',
  ].concat([
    "'<f8'",
    "'|V0'",
    "'<U9'",
    "('a', '<i2', (2,))",
    '(3,)',
    "'\\x41'",
    "'\\",
    '1e3',
    '0x10',
    '99999999999999999999',
    '\n',
  ]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), async (chosen) => {
      await answered(writtenArray({ header: chosen.join(' '), data: new Uint8Array(24) }), 'a.npy');
    }),
    { numRuns: 300 },
  );
});

test('sizes that no file has are refused before anything is reserved for them', async () => {
  const verdict = (array: WrittenArray): Promise<string> => answered(writtenArray(array), 'a.npy');
  expect(await verdict({ shape: [2n ** 40n] })).toBe('broken TRUNCATED');
  expect(await verdict({ shape: [2n ** 62n, 2n ** 62n] })).toBe('broken INVALID');
  expect(await verdict({ descr: "'|S2147483647'", shape: [2] })).toBe('broken TRUNCATED');
  expect(await verdict({ descr: "[('a', '<f8', (2000000000,))]", shape: [1] })).toBe('broken INVALID');
  expect(await lookAt(writtenArray({ shape: [-2] }))).toMatchObject({
    fault: { message: 'its shape has a negative size' },
  });
  // Elements of no length need no bytes, however many there are.
  expect(await verdict({ descr: "'|V0'", shape: [2n ** 62n] })).toBe('sound');
  expect(await verdict({ descr: "'<f8'", shape: [2n ** 62n, 0] })).toBe('sound');
  expect(await verdict({ descr: "[('a', '<f8', (0,))]", shape: [9] })).toBe('sound');
  expect(await verdict({ descr: '[]', shape: [2n ** 62n] })).toBe('sound');
});

test('a record of thousands of fields is told within the limit of facts, and the fields are counted', async () => {
  const fields = Array.from({ length: 5000 }, (_, index) => `('a long name of field ${index}', '<f4')`);
  const array = writtenArray({ descr: `[${fields.join(', ')}]`, shape: [1], version: 2, data: new Uint8Array(20_000) });
  const { facts } = await lookAt(array);
  expect(facts?.moreFields).toBeGreaterThan(4900);
  expect(await answered(array, 'a.npy')).toBe('sound');
});

test('names in a file reach no terminal as they are', async () => {
  const name = `\x1b[2J\u202e${'x'.repeat(500)}`;
  const escaped = JSON.stringify(name).replaceAll('"', "'").replace('\\u001b', '\\x1b');
  const descr = `[(${escaped}, '<f4')]`;
  const { facts } = await lookAt(writtenArray({ descr, shape: [1], version: 3, data: new Uint8Array(4) }));
  const lines = npyInspector.describe(facts ?? {});
  expect(lines[1]).toMatch(/^\\x1b\[2J\\u\{202e\}x+…: float32, all 0$/);
  const broken = await lookAt(writtenArchive([{ name: `${name}.npy`, content: doubles(1) }]), 'a.npz');
  expect(broken.status === 'broken' && broken.fault.message).toMatch(/^its member \\x1b\[2J\\u\{202e\}x+…: /);
});

test('what would come out of an archive is bounded before it comes: a bomb is one that has no arrays', async () => {
  const limits = { ...DEFAULT_INSPECT_LIMITS, maxInflatedBytes: 1_000_000 };
  const verdict = async (content: Uint8Array): Promise<string> => {
    const archive = writtenArchive([{ name: 'a.npy', content, deflated: true }]);
    return verdictOf(await npyInspector.inspect(held(archive, 'a.npz'), { limits }));
  };
  expect(await verdict(new Uint8Array(2_000_000))).toBe('broken BOMB');
  expect(await verdict(writtenArray({ shape: [250_000], data: new Uint8Array(2_000_000) }))).toBe('opaque TOO_LARGE');
  expect(await verdict(writtenArray({ shape: [100_000], data: new Uint8Array(800_000) }))).toBe('sound');
  // Stored as it is, nothing comes out that is not there.
  const stored = writtenArchive([
    { name: 'a.npy', content: writtenArray({ shape: [250_000], data: new Uint8Array(2_000_000) }) },
  ]);
  expect(verdictOf(await npyInspector.inspect(held(stored, 'a.npz'), { limits }))).toBe('sound');
});

test('a stream that unpacks to more than it announces ends there', async () => {
  const content = writtenArray({ shape: [100_000], data: new Uint8Array(800_000) });
  const packed = deflateRawSync(Buffer.concat([content, new Uint8Array(50_000_000)]));
  const archive = writtenArchive([{ name: 'a.npy', content, packed }]);
  const before = process.memoryUsage().arrayBuffers;
  expect(await answered(archive, 'a.npz')).toBe('broken INVALID');
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30_000_000);
});

test('the time of a call is bounded, and what was seen until then is told', async () => {
  const limits = { ...DEFAULT_INSPECT_LIMITS, timeoutMs: -1 };
  const array = held(writtenArray(small));
  expect(await npyInspector.inspect(array, { limits })).toMatchObject({ status: 'opaque', fault: { code: 'TIMEOUT' } });
  expect(await npyInspector.compare(array, array, { limits })).toMatchObject({
    status: 'notCompared',
    inspection: { fault: { code: 'TIMEOUT' } },
  });
});

test('a signal ends a call with its reason', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  const array = held(writtenArray(small));
  await expect(npyInspector.inspect(array, { signal })).rejects.toThrow('enough');
  await expect(npyInspector.compare(array, array, { signal })).rejects.toThrow('enough');
  await expect(npyInspector.valueAt?.(array, '[0, 0]', { signal })).rejects.toThrow('enough');
});

test('a file whose bytes cannot be had is none that is broken', async () => {
  const gone = { name: 'a.npy', sizeBytes: 9, content: { path: '/nonexistent/a.npy' } };
  expect(await npyInspector.inspect(gone)).toMatchObject({ status: 'opaque', fault: { code: 'FAILED' } });
});
