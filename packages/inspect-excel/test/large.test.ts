import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContentComparison, Inspection } from '@holdfast/core/inspect';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf, type TestValue } from './rows-of.js';
import { xlsxOf } from './xlsx-of.js';

const MIB = 1024 * 1024;
/** The workbook that the design measured libraries by has 200,000 rows. */
const ROWS = process.env.HOLDFAST_TEST_LONG === undefined ? 30_000 : 200_000;
/** More than a process takes that looks into a small one: what is measured is 60, whatever the number of rows. */
const MAX_MORE_BYTES = 150 * MIB;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-large-'));
const [before = '', after = '', small = ''] = ['before', 'after', 'small'].map((name) => join(folder, `${name}.xlsx`));

function row(index: number): TestValue[] {
  const day = `2024-01-${(index % 28) + 1}`;
  return [
    index,
    `Employee ${index % 5000}`,
    day,
    index / 7,
    `note é ${index}`,
    index % 2 === 0,
    index * 1.1,
    index * 1e9,
    '=x',
    `00${index}`,
  ];
}

function written(path: string, rows: readonly TestValue[][]): void {
  writeFileSync(path, xlsxOf({ sheets: { Attendance: rowsOf(rows) } }));
}

interface Looked<Result> {
  readonly result: Result;
  readonly exportedBytes: number;
  readonly maxRss: number;
}

function look<Result>(what: 'inspect' | 'compare', ...paths: readonly string[]): Looked<Result> {
  const program = join(import.meta.dirname, 'look-into.mjs');
  return JSON.parse(execFileSync(process.execPath, [program, what, ...paths], { encoding: 'utf8' }));
}

let baseBytes = 0;
beforeAll(() => {
  const rows = Array.from({ length: ROWS }, (_, index) => row(index));
  written(small, rows.slice(0, 10));
  written(before, rows);
  rows.splice(ROWS / 2, 1);
  rows.push(row(ROWS));
  written(after, rows);
  baseBytes = look('inspect', small).maxRss;
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a large workbook is read and exported piece by piece: memory does not grow with it', () => {
  const { result, exportedBytes, maxRss } = look<Inspection>('inspect', before);
  expect(result).toMatchObject({ status: 'sound', facts: { cells: ROWS * 10, formulaLikeTexts: ROWS } });
  expect(exportedBytes).toBeGreaterThan(ROWS * 60);
  expect(maxRss - baseBytes).toBeLessThan(MAX_MORE_BYTES);
});

test('two large workbooks are compared by some numbers a row, and not one row is missed', () => {
  const { result, maxRss } = look<ContentComparison>('compare', before, after);
  expect(result).toMatchObject({ isEqual: false, facts: { rowsAdded: 1, rowsRemoved: 1, cellsChanged: 0 } });
  expect(maxRss - baseBytes).toBeLessThan(MAX_MORE_BYTES);
});
