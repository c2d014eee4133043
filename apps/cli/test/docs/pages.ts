import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wordsOf } from '../script/parse.js';

/** The repository's folder. */
export const REPOSITORY: string = join(import.meta.dirname, '../../../..');

/** Files as NumPy and openpyxl have written them. */
export const FIXTURES: string = join(import.meta.dirname, '../fixtures');

/** The commands of a page: lines that begin with `$ holdfast` in its `console` blocks. */
export function consoleCommands(page: string): string[] {
  return [...page.matchAll(/^```console\n(.*?)^```/gms)].flatMap(([, block = '']) =>
    block
      .split('\n')
      .filter((line) => line.startsWith('$ holdfast '))
      .map((line) => line.slice(2)),
  );
}

/** What the README tells people to type, in the section of the attendance program or in all others: of each command its words, without what is said beside it. */
export function readmeCommands(isAttendance = false): string[][] {
  const sections = readFileSync(join(REPOSITORY, 'README.md'), 'utf8').split(/^(?=## )/m);
  const chosen = sections.filter((text) => text.startsWith('## For the attendance program') === isAttendance);
  return consoleCommands(chosen.join('')).map((command) => wordsOf(command.replace(/\s+#.*/, '')).slice(1));
}

/** The files of the attendance program: two people's encodings and the workbook; and `run.py`, as it is called by everybody. */
export function makeAttendance(folder: string): void {
  mkdirSync(join(folder, 'encodings', 'Ada'), { recursive: true });
  for (const name of ['encodings/John_Doe_EMP001_0.npy', 'encodings/Ada/Ada_EMP002_0.npy'])
    copyFileSync(join(FIXTURES, 'encoding.npy'), join(folder, name));
  copyFileSync(join(FIXTURES, 'attendance.xlsx'), join(folder, 'attendance.xlsx'));
  writeFileSync(join(folder, 'run.py'), 'print("an operation")\n');
}

/** The files that the pages' commands work on. */
export function makeSources(folder: string): void {
  mkdirSync(join(folder, 'data', 'sub'), { recursive: true });
  copyFileSync(join(FIXTURES, 'encoding.npy'), join(folder, 'data', 'array.npy'));
  writeFileSync(join(folder, 'data', 'sub', 'notes.txt'), 'hello');
  copyFileSync(join(FIXTURES, 'attendance.xlsx'), join(folder, 'attendance.xlsx'));
}
