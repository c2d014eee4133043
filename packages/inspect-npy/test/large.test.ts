import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inspectArray } from '../src/array/inspect-array.js';
import { budgetOf } from '../src/budget.js';
import { openContent } from '../src/content.js';
import { npyInspector } from '../src/index.js';
import { held } from './files.js';
import { writtenArchive } from './written-archive.js';
import { writtenArray } from './written-array.js';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-npy-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** More than two blocks of 1 MiB, and no multiple of one. */
const COUNT = 300_001;
/** At the edges of blocks and of the chunks in them. */
const EDGES = [0, 65_535, 65_536, 131_071, 131_072, COUNT - 1];

const bytesOf = (numbers: Float64Array): Uint8Array => new Uint8Array(numbers.buffer);

test('values at the edges of blocks are counted once', async () => {
  const numbers = new Float64Array(COUNT).fill(1);
  EDGES.forEach((at, index) => {
    numbers[at] = index % 2 === 0 ? Number.NaN : -index;
  });
  const { facts } = await npyInspector.inspect(held(writtenArray({ shape: [COUNT], data: bytesOf(numbers) })));
  expect(facts).toMatchObject({ min: '-5', max: '1', nan: 3 });
});

test('differences at the edges of blocks are found at their places', async () => {
  const before = new Float64Array(COUNT);
  const after = Float64Array.from(before);
  for (const at of EDGES) after[at] = 1;
  const expected = { facts: { differentValues: EDGES.length }, changes: EDGES.map((at) => ({ place: `[${at}]` })) };
  const files = [before, after].map((numbers) => writtenArray({ shape: [COUNT], data: bytesOf(numbers) }));
  const [one, other] = files as [Uint8Array, Uint8Array];
  expect(await npyInspector.compare(held(one), held(other))).toMatchObject(expected);
  const archives = files.map((content) => writtenArchive([{ name: 'a.npy', content, deflated: true }]));
  const [packed, otherPacked] = archives.map((bytes) => held(bytes, 'a.npz'));
  if (packed === undefined || otherPacked === undefined) throw new Error('two archives were written');
  expect(await npyInspector.compare(packed, otherPacked)).toMatchObject({
    changes: EDGES.map((at) => ({ place: `a[${at}]` })),
  });
  expect(await npyInspector.valueAt?.(otherPacked, `a[${COUNT - 1}]`)).toEqual({ text: '1' });
});

test('the fields of many records are put together over the edges of blocks', async () => {
  const records = 200_003;
  const data = new Uint8Array(records * 7);
  const view = new DataView(data.buffer);
  for (let record = 0; record < records; record++) view.setInt32(record * 7 + 2, record - 100_000, true);
  const array = writtenArray({ descr: "[('a', '|V2'), ('n', '<i4'), ('b', '|i1')]", shape: [records], data });
  const { facts } = await npyInspector.inspect(held(array));
  expect(facts?.fields).toMatchObject([{}, { name: 'n', min: '-100000', max: '100002' }, { name: 'b', max: '0' }]);
});

test('a large array in each record is looked at and compared in pieces', async () => {
  const inner = 300 * 300;
  const array = (last: number): Uint8Array => {
    const data = new Uint8Array(3 * (inner * 4 + 1));
    const view = new DataView(data.buffer);
    view.setFloat32(2 * (inner * 4 + 1) + (inner - 1) * 4, last, true);
    view.setFloat32(inner * 4 + 1, last, true);
    data[data.length - 1] = 7;
    return writtenArray({ descr: "[('image', '<f4', (300, 300)), ('n', '|u1')]", shape: [3], data });
  };
  const { facts } = await npyInspector.inspect(held(array(2.5)));
  expect(facts?.fields).toMatchObject([
    { name: 'image', shape: [300, 300], min: '0', max: '2.5' },
    { name: 'n', max: '7' },
  ]);
  expect(await npyInspector.compare(held(array(2.5)), held(array(3)))).toMatchObject({
    facts: { comparedValues: 3 * inner + 3, differentValues: 2 },
    changes: [{ place: '[1].image[0, 0]' }, { place: '[2].image[299, 299]', before: '2.5', after: '3' }],
  });
});

test('of an array that is larger than the sample, blocks are looked at that lie evenly over it, and it says how many values', async () => {
  const numbers = Float64Array.from({ length: 1_500_000 }, (_, index) => index);
  const reader = await openContent(held(writtenArray({ shape: [numbers.length], data: bytesOf(numbers) })));
  const sampleBytes = 3 * 1024 * 1024;
  const { facts } = await inspectArray(reader, budgetOf(), { roomBytes: 0, sampleBytes });
  expect(facts).toMatchObject({ min: '0', max: '1499999', valuesLookedAt: 3 * 131_072 });
  expect(npyInspector.describe(facts ?? {})).toEqual([
    'float64, 1500000 values, 0 to 1499999, from 393216 of them, evenly spread',
  ]);
});

test('while two contents are compared that are held in memory, the program has its turns', async () => {
  const count = 4_000_000;
  const [zeros, ones] = [0, 1].map((value) =>
    held(writtenArray({ descr: "'|i1'", shape: [count], data: new Uint8Array(count).fill(value) })),
  );
  if (zeros === undefined || ones === undefined) throw new Error('two were written');
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  expect(await npyInspector.compare(zeros, ones)).toMatchObject({ facts: { differentValues: count } });
  isOver = true;
  expect(turns).toBeGreaterThan(1);
});

test('a large array is read in blocks: memory does not grow with it', async () => {
  const path = join(folder, 'large.npy');
  const sizeBytes = 256 * 1024 * 1024;
  const head = writtenArray({ shape: [sizeBytes / 8] });
  writeFileSync(path, head);
  truncateSync(path, head.length + sizeBytes);
  const file = { name: 'large.npy', sizeBytes: head.length + sizeBytes, content: { path } };
  const before = process.memoryUsage().rss;
  const { facts } = await npyInspector.inspect(file);
  expect(facts).toMatchObject({ min: '0', max: '0', nan: 0 });
  expect(process.memoryUsage().rss - before).toBeLessThan(sizeBytes / 2);
});

test('an archive of very many members takes time for each of them, not for each of each', async () => {
  const array = { name: 'a.npy', content: writtenArray({ shape: [], data: new Uint8Array(8) }) };
  const others = Array.from({ length: 20_000 }, (_, at) => ({ name: `${at}`, content: new Uint8Array(0) }));
  // Ten times what it takes on a busy machine; counting all again for each took four times as much.
  const limits = { timeoutMs: 10_000, heapMiB: 256, maxInflatedBytes: 1024 ** 2 };
  const { status, facts } = await npyInspector.inspect(held(writtenArchive([array, ...others]), 'a.npz'), { limits });
  expect({ status, facts }).toMatchObject({ status: 'sound', facts: { arrayCount: 1, otherMembers: 20_000 } });
});
