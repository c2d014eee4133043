import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What looks like the files of an attendance program. */
export interface FoundAttendance {
  /** Workbooks of the folder, by name. */
  readonly workbooks: readonly string[];
  /** Folders that hold arrays, by name: those below the folder, or else the folder itself. */
  readonly folders: readonly string[];
}

/** Not an owner's mark (`~$data.xlsx`), and nothing hidden. */
const WORKBOOK = /^[^.~].*\.(xlsx|xlsm|xls|ods)$/i;
const ARRAY = /\.npy$/i;
/** A folder with more than these in it is no project. */
const MAX_FOLDERS = 200;

/** Looks for them in a folder and those directly below it. What cannot be read has none. */
export async function findAttendance(folder = '.'): Promise<FoundAttendance> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(() => [])).sort((left, right) =>
    left.name < right.name ? -1 : 1,
  );
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const below = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).slice(0, MAX_FOLDERS);
  const folders: string[] = [];
  for (const { name } of below) if (await holdsArrays(join(folder, name))) folders.push(`./${name}`);
  if (folders.length === 0 && files.some((name) => ARRAY.test(name))) folders.push('.');
  return { workbooks: files.filter((name) => WORKBOOK.test(name)).map((name) => `./${name}`), folders };
}

/** In the folder, or in one directly below it: a folder for each person. */
async function holdsArrays(folder: string, isTop = true): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (entries.some(({ name }) => ARRAY.test(name))) return true;
  const below = isTop ? entries.filter((entry) => entry.isDirectory()).slice(0, MAX_FOLDERS) : [];
  for (const { name } of below) if (await holdsArrays(join(folder, name), false)) return true;
  return false;
}
