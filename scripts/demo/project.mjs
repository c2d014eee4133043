// The project of the demo: what an attendance program keeps in files, with the odd names that real life brings.
import { appendFileSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encoding } from './npy.mjs';
import { formula, workbookFile } from './workbook.mjs';

const PEOPLE = [
  'John_Doe_EMP001',
  'Zoë Müller_EMP002',
  '山田太郎_EMP003',
  "Siobhán O'Neill_EMP004",
  'Ali "Al" Öztürk_EMP005',
];

/** Makes `data/` and `attendance.xlsx` in `folder`. */
export function makeProject(folder) {
  const data = join(folder, 'data');
  mkdirSync(join(data, 'archive 2025'), { recursive: true });
  mkdirSync(join(data, 'empty folder'));
  for (const [index, person] of PEOPLE.entries()) {
    for (const shot of [0, 1, 2])
      writeFileSync(join(data, fileName(`${person}_${shot}.npy`)), encoding(index * 10 + shot));
  }
  writeFileSync(join(data, 'archive 2025', '🎉 party photo.npy'), encoding(100));
  writeFileSync(join(data, '-leading-dash.npy'), encoding(101));
  writeFileSync(join(data, 'name with spaces & 100%.npy'), encoding(102));
  if (process.platform !== 'win32') symlinkSync('John_Doe_EMP001_0.npy', join(data, 'latest.npy'));
  // Linux takes any bytes as a name. This one was written by a program that thought in Latin-1: it is no UTF-8.
  if (process.platform === 'linux') writeFileSync(latin1Path(data), encoding(103));
  writeFileSync(join(folder, 'attendance.xlsx'), attendance(10));
}

/** A working day: a new person, one encoding made better, the workbook longer. */
export function workOneDay(folder) {
  writeFileSync(join(folder, 'data', 'Grace_Hopper_EMP006_0.npy'), encoding(60));
  writeFileSync(join(folder, 'data', 'John_Doe_EMP001_0.npy'), encoding(999));
  writeFileSync(join(folder, 'attendance.xlsx'), attendance(11));
}

/** What a bad day does: an import that fails half-way. Returns what it did, one line each. */
export function damageProject(folder) {
  writeFileSync(join(folder, 'attendance.xlsx'), 'Traceback (most recent call last):\n');
  truncateSync(join(folder, 'data', 'John_Doe_EMP001_0.npy'), 100);
  appendFileSync(join(folder, 'data', 'John_Doe_EMP001_1.npy'), 'garbage');
  rmSync(join(folder, 'data', 'archive 2025'), { recursive: true });
  return [
    'attendance.xlsx       overwritten with an error message',
    'data/John_Doe_…       one array cut short, one with garbage at its end',
    'data/archive 2025/    deleted',
  ];
}

function latin1Path(folder) {
  return Buffer.concat([Buffer.from(`${folder}/`), Buffer.from('Jos\xe9_EMP007_0.npy', 'latin1')]);
}

/** Windows forbids the quotation mark. */
function fileName(name) {
  return process.platform === 'win32' ? name.replaceAll('"', '') : name;
}

function attendance(days) {
  const day = (number) => new Date(Date.UTC(2026, 10, number));
  const rows = [];
  for (let number = 1; number <= days; number++) {
    for (const [index, person] of PEOPLE.entries()) {
      const [name = '', id = ''] = person.split('_EMP');
      rows.push([day(number), `EMP${id}`, name.replace('_', ' '), (number + index) % 7 === 0 ? 'absent' : 'present']);
    }
  }
  const present = rows.filter((row) => row[3] === 'present').length;
  return workbookFile([
    { name: 'Attendance', rows: [['Date', 'Employee', 'Name', 'Status'], ...rows] },
    {
      name: 'People',
      rows: [
        ['Employee', 'Name', 'Joined', 'Arrays'],
        ...PEOPLE.map((person, index) => [
          `EMP00${index + 1}`,
          person.split('_EMP')[0]?.replace('_', ' ') ?? '',
          day(1),
          3,
        ]),
      ],
    },
    {
      name: 'Summary & totals',
      rows: [
        ['What', 'Value'],
        ['Rows', formula('COUNTA(Attendance!A:A)-1', rows.length)],
        ['Present', formula('COUNTIF(Attendance!D:D,"present")', present)],
        ['Remark', 'Größe, 数量, количество, 📈'],
      ],
    },
  ]);
}
