import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Where a Python may be that has openpyxl: the one on the path is often another one than that of the system, which Debian's package is for. */
const CANDIDATES = ['/usr/bin/python3', 'python3', 'python'];

/** @throws if no Python here has what it takes: the tests that need it are not skipped in silence. */
function pythonWithOpenpyxl(): string {
  const found = CANDIDATES.find((python) => {
    try {
      execFileSync(python, ['-c', 'import openpyxl, xlsxwriter'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined)
    throw new Error('no Python with openpyxl and XlsxWriter here: install python3-openpyxl, python3-xlsxwriter');
  return found;
}

/** Has openpyxl and XlsxWriter write random workbooks into a folder, and openpyxl read them. */
export function writeRandomWorkbooks(folder: string, seed: number, count: number): void {
  execFileSync(pythonWithOpenpyxl(), [
    join(import.meta.dirname, 'expected_csv.py'),
    folder,
    String(seed),
    String(count),
  ]);
}
