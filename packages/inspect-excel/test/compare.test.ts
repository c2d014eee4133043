import type { ContentComparison } from '@holdfast/core/inspect';
import { describe, expect, it } from 'vitest';
import { excelInspector } from '../src/index.js';
import { rowsOf, type TestValue } from './rows-of.js';
import { xlsxOf } from './xlsx-of.js';

type Sheets = Record<string, readonly (readonly TestValue[])[]>;

function fileOf(sheets: Sheets): { name: string; sizeBytes: number; content: { bytes: Uint8Array } } {
  const bytes = xlsxOf({
    sheets: Object.fromEntries(Object.entries(sheets).map(([name, rows]) => [name, rowsOf(rows)])),
  });
  return { name: 'data.xlsx', sizeBytes: bytes.length, content: { bytes } };
}

async function compared(
  before: Sheets,
  after: Sheets,
  maxChanges?: number,
): Promise<ContentComparison & { status: 'compared' }> {
  const comparison = await excelInspector.compare(
    fileOf(before),
    fileOf(after),
    maxChanges === undefined ? {} : { maxChanges },
  );
  if (comparison.status !== 'compared') throw new Error(comparison.inspection.status);
  return comparison;
}

const people: (readonly TestValue[])[] = [
  ['id', 'name', 'day', 'hours'],
  ...Array.from({ length: 60 }, (_, index) => [
    index + 1,
    `Person ${index + 1}`,
    `2024-01-${(index % 28) + 1}`,
    (index * 7) % 9,
  ]),
];

describe('two versions of a workbook', () => {
  it('are equal when every cell is, whatever their bytes', async () => {
    const { isEqual, lines, changes } = await compared({ A: people }, { A: people });
    expect({ isEqual, lines, changes }).toEqual({ isEqual: true, lines: [], changes: [] });
  });

  it('differ by cells: address, old and new value, the first of them and how many more', async () => {
    const later = people.map((row) => [...row]);
    const change = (row: number, column: number, value: TestValue): void => {
      const cells = later[row];
      if (cells !== undefined) cells[column] = value;
    };
    change(6, 3, 99);
    change(7, 3, null);
    change(8, 1, 'Somebody Else');
    change(9, 2, 20240110);
    const { lines, changes, omittedChanges, facts } = await compared({ A: people }, { A: later }, 3);
    expect(lines).toEqual(['A: 4 cells changed']);
    expect(changes).toEqual([
      { place: 'A!D7', change: 'changed', before: '8', after: '99' },
      { place: 'A!D8', change: 'removed', before: '6' },
      { place: 'A!B9', change: 'changed', before: 'Person 8', after: 'Somebody Else' },
    ]);
    expect(omittedChanges).toBe(1);
    expect(facts).toMatchObject({ cellsChanged: 4, rowsAdded: 0, rowsRemoved: 0 });
  });

  it('differ by the rows that were inserted, removed and appended, not by those that moved', async () => {
    const later = [
      ...people.slice(0, 10),
      [501, 'New', '2024-02-01', 1],
      ...people.slice(10, 30),
      ...people.slice(32),
      [502, 'Last', '2024-02-02', 2],
    ];
    const { lines, changes } = await compared({ A: people }, { A: later });
    expect(lines).toEqual(['A: 2 rows added, 2 rows removed']);
    expect(changes).toEqual([
      { place: 'A!11:11', change: 'added', after: '501, New, 2024-02-01, 1' },
      { place: 'A!31:31', change: 'removed', before: '30, Person 30, 2024-01-2, 5' },
      { place: 'A!32:32', change: 'removed', before: '31, Person 31, 2024-01-3, 3' },
      { place: 'A!61:61', change: 'added', after: '502, Last, 2024-02-02, 2' },
    ]);
  });

  it('differ by a cell in a row beside which another one was inserted', async () => {
    const later = [
      ...people.slice(0, 10),
      [501, 'New', '2024-02-01', 1],
      [10, 'Person X', '2024-01-10', 0],
      ...people.slice(11),
    ];
    const { changes } = await compared({ A: people }, { A: later });
    expect(changes).toEqual([
      { place: 'A!11:11', change: 'added', after: '501, New, 2024-02-01, 1' },
      { place: 'A!B12', change: 'changed', before: 'Person 10', after: 'Person X' },
    ]);
  });

  it('differ by columns that were inserted or taken out, and by nothing else where that is all', async () => {
    const inserted = people.map((row, index) => [
      ...row.slice(0, 2),
      index === 0 ? 'team' : `T${index % 3}`,
      ...row.slice(2),
    ]);
    const there = await compared({ A: people }, { A: inserted });
    expect(there.lines).toEqual(['A: 1 column added']);
    expect(there.changes).toEqual([{ place: 'A!C:C', change: 'added', after: 'team' }]);
    const back = await compared({ A: inserted }, { A: people });
    expect(back.lines).toEqual(['A: 1 column removed']);
    expect(back.changes).toEqual([{ place: 'A!C:C', change: 'removed', before: 'team' }]);
  });

  it('differ by sheets that came, went, or have another name', async () => {
    const before = { Old: people, Gone: [['x', 'y', 1]], Same: [['1']] };
    const after = {
      Same: [['1']],
      New: [...people.slice(0, 41), [41, 'Person 41', '2024-01-13', 99], ...people.slice(42)],
      Fresh: [['q']],
    };
    const { lines, facts } = await compared(before, after);
    expect(lines).toEqual([
      'sheet "Gone" removed',
      'sheet "Fresh" added',
      'sheet "Old" is called "New" now',
      'New: 1 cell changed',
      'the sheets are in another order',
    ]);
    expect(facts).toMatchObject({ sheetsAdded: 1, sheetsRemoved: 1, sheetsRenamed: 1 });
  });

  it('differ by a formula that gives the same value, but not by one that only moved with its row', async () => {
    const sums = (order: readonly number[]): TestValue[][] =>
      order.map((id, row) => [id, id * 2, `=A${row + 1}+B${row + 1}|${id * 3}`]);
    expect((await compared({ A: sums([1, 2, 3, 4]) }, { A: sums([9, 1, 2, 3, 4]) })).lines).toEqual(['A: 1 row added']);
    const other = sums([1, 2, 3, 4]);
    other[1] = [2, 4, '=6|6'];
    const { lines, changes } = await compared({ A: sums([1, 2, 3, 4]) }, { A: other });
    expect(lines).toEqual(['A: 1 formula changed']);
    expect(changes).toEqual([{ place: 'A!C2', change: 'changed', before: '=A2+B2', after: '=6' }]);
  });

  it('differ where a text became a number of the same signs, and where blank rows came in', async () => {
    const { changes } = await compared({ A: [['7']] }, { A: [[7]] });
    expect(changes).toEqual([{ place: 'A!A1', change: 'changed', before: '7 (text)', after: '7 (number)' }]);
    const { isEqual, lines } = await compared({ A: [['a'], ['b']] }, { A: [['a'], [], ['b']] });
    expect({ isEqual, lines }).toEqual({ isEqual: false, lines: ['A: 1 row moved by blank rows'] });
  });

  it('are not compared if one is broken: which, and why', async () => {
    const broken = { name: 'data.xlsx', sizeBytes: 4, content: { bytes: Buffer.from('a,b\n') } };
    expect(await excelInspector.compare(fileOf({ A: people }), broken)).toMatchObject({
      status: 'notCompared',
      side: 'after',
      inspection: { fault: { code: 'MISNAMED' } },
    });
    expect(await excelInspector.compare(broken, fileOf({ A: people }))).toMatchObject({ side: 'before' });
  });
});

describe('the value at a place', () => {
  const file = fileOf({ First: [['a', '=B1|7']], "My 'Sheet'": [[null, 5], [], [true, '=1+1|2']] });
  for (const [place, value] of [
    ['A1', { text: 'a' }],
    ['First!B1', { text: '7', formula: '=B1' }],
    ["'My ''Sheet'''!B1", { text: '5' }],
    ["My 'Sheet'!$A$3", { text: 'TRUE' }],
    ["my 'sheet'!b3", { text: '2', formula: '=1+1' }],
    ['First!C1', undefined],
    ['First!A2', undefined],
    ['Other!A1', undefined],
    ['First!A0', undefined],
    ['First!ZZZ1', undefined],
    ['nonsense', undefined],
  ] as const) {
    it(`${place}`, async () => expect(await excelInspector.valueAt?.(file, place)).toEqual(value));
  }
});
