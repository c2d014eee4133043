import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inspected } from './inspected.js';
import { writeRandomWorkbooks } from './openpyxl.js';

const SEED = 20_261_126;
const COUNT = 40;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-openpyxl-'));
beforeAll(() => writeRandomWorkbooks(folder, SEED, COUNT));
afterAll(() => rmSync(folder, { recursive: true }));

test('of random workbooks it exports the values that openpyxl reads', async () => {
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  expect(Object.keys(expected)).toHaveLength(COUNT);
  for (const [name, sheets] of Object.entries(expected)) {
    const { inspection, csv } = await inspected(readFileSync(join(folder, name)), { name });
    expect({ name, status: inspection.status, csv }).toEqual({ name, status: 'sound', csv: sheets });
  }
});
