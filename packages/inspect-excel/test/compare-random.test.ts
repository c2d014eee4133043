import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareWorkbooks } from '../src/compare/compare-workbooks.js';
import { rowsOf, type TestValue } from './rows-of.js';
import { xlsxOf } from './xlsx-of.js';

const LIMITS = { timeoutMs: 60_000, heapMiB: 256, maxInflatedBytes: 64 * 1024 * 1024 };
const COLUMNS = 4;

/** What becomes of each row: it stays, it goes, one comes in before it, a cell of it is edited. */
const fate = fc.oneof(
  { weight: 6, arbitrary: fc.constant('stays' as const) },
  { weight: 1, arbitrary: fc.constantFrom('goes' as const, 'comes' as const) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: COLUMNS - 1 }) },
);

function fileOf(rows: readonly (readonly TestValue[])[]) {
  const bytes = xlsxOf({ sheets: { S: rowsOf(rows) } });
  return { name: 'data.xlsx', sizeBytes: bytes.length, content: { bytes } };
}

test('of rows with ids it counts just what was done to them, and names each edited cell', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { maxLength: 60 }), fc.nat({ max: 3 }), async (fates, appended) => {
      const before = fates.map((_, id): TestValue[] => [id, `name ${id}`, id * 1.5, `note ${id}`]);
      const after: TestValue[][] = [];
      const edited: string[] = [];
      const counts = {
        rowsAdded: 0,
        rowsRemoved: 0,
        cellsChanged: 0,
        columnsAdded: 0,
        columnsRemoved: 0,
        sheetsAdded: 0,
      };
      const add = (id: number): void => {
        counts.rowsAdded += 1;
        after.push([`new ${id}`, `new name ${id}`, -id - 1, `new note ${id}`]);
      };
      for (const [id, row] of before.entries()) {
        const what = fates[id] ?? 'stays';
        if (what === 'comes') add(id);
        if (what === 'goes') counts.rowsRemoved += 1;
        else if (typeof what === 'number') {
          counts.cellsChanged += 1;
          after.push(row.map((value, column) => (column === what ? `edited ${id}` : value)));
          edited.push(`S!${'ABCD'.charAt(what)}${after.length}`);
        } else after.push(row);
      }
      for (let at = 0; at < appended; at += 1) add(1000 + at);
      const comparison = await compareWorkbooks(fileOf(before), fileOf(after), { limits: LIMITS, maxChanges: 1000 });
      if (comparison.status !== 'compared') throw new Error('it was not compared');
      expect(comparison.facts).toMatchObject(counts);
      expect(comparison.changes.filter(({ change }) => change === 'changed').map(({ place }) => place)).toEqual(edited);
      expect(comparison.isEqual).toBe(counts.rowsAdded + counts.rowsRemoved + counts.cellsChanged === 0);
    }),
    { numRuns: 80 },
  );
});

test('a workbook is equal to itself, and what came in one direction goes in the other', async () => {
  const value = fc.oneof(fc.constant(null), fc.constantFrom('a', 'b', 'c'), fc.nat({ max: 3 }));
  const sheet = fc.array(fc.array(value, { maxLength: 5 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(sheet, sheet, async (one, other) => {
      const options = { limits: LIMITS, maxChanges: 5 };
      const same = await compareWorkbooks(fileOf(one), fileOf(one), options);
      expect(same).toMatchObject({ isEqual: true, changes: [] });
      const there = await compareWorkbooks(fileOf(one), fileOf(other), options);
      const back = await compareWorkbooks(fileOf(other), fileOf(one), options);
      if (there.status !== 'compared' || back.status !== 'compared') throw new Error('they were not compared');
      expect(there.isEqual).toBe(back.isEqual);
      const isSame = JSON.stringify(trimmed(one)) === JSON.stringify(trimmed(other));
      expect({ one, other, isEqual: there.isEqual }).toEqual({ one, other, isEqual: isSame });
    }),
    { numRuns: 80 },
  );
});

/** Without the blanks at the end of rows and of the sheet, which no reader sees. */
function trimmed(rows: readonly (readonly TestValue[])[]): TestValue[][] {
  const short = rows.map((row) => row.slice(0, row.findLastIndex((value) => value !== null) + 1));
  return short.slice(0, short.findLastIndex((row) => row.length > 0) + 1);
}
