import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Where a Python may be that has NumPy: the one on the path is often another one than that of the system, which Debian's python3-numpy is for. */
const CANDIDATES = ['/usr/bin/python3', 'python3', 'python'];

/** @throws if no Python here has NumPy: the tests that need it are not skipped in silence. */
export function pythonWithNumpy(): string {
  const found = CANDIDATES.find((python) => {
    try {
      execFileSync(python, ['-c', 'import numpy'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error('no Python with NumPy here: install python3-numpy');
  return found;
}

/** Has NumPy write random arrays into a folder, and say what they are. */
export function writeRandomArrays(folder: string, seed: number, count: number): void {
  const program = join(import.meta.dirname, 'numpy_facts.py');
  execFileSync(pythonWithNumpy(), [program, folder, String(seed), String(count)]);
}
