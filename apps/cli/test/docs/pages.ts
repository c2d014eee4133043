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

/** What the README tells people to type: of each command its words, without what is said beside it. */
export function readmeCommands(): string[][] {
  const page = readFileSync(join(REPOSITORY, 'README.md'), 'utf8');
  return consoleCommands(page).map((command) => wordsOf(command.replace(/\s+#.*/, '')).slice(1));
}

/** The files that the pages' commands work on. */
export function makeSources(folder: string): void {
  mkdirSync(join(folder, 'data', 'sub'), { recursive: true });
  copyFileSync(join(FIXTURES, 'encoding.npy'), join(folder, 'data', 'array.npy'));
  writeFileSync(join(folder, 'data', 'sub', 'notes.txt'), 'hello');
  copyFileSync(join(FIXTURES, 'attendance.xlsx'), join(folder, 'attendance.xlsx'));
}
