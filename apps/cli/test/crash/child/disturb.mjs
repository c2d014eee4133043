import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CHANGED = 'a folder in the place of a file';

/**
 * Files that differ, are gone, are new, have another type, or another mode.
 *
 * @param {string} live the folder that the files lie in
 * @returns {void}
 */
export function disturb(live) {
  const data = join(live, 'data');
  writeFileSync(join(data, 'attendance.xlsx'), 'spoilt');
  writeFileSync(join(live, 'ledger.csv'), 'spoilt');
  rmSync(join(data, 'npy/deep'), { recursive: true });
  rmSync(join(data, 'newest'));
  renameSync(join(data, 'large.npy'), join(data, 'moved.npy'));
  rmSync(join(data, 'private.txt'));
  mkdirSync(join(data, 'private.txt/more'), { recursive: true });
  writeFileSync(join(data, 'private.txt/more/x'), CHANGED);
  mkdirSync(join(data, 'new/er'), { recursive: true });
  writeFileSync(join(data, 'new/er/file'), 'new');
  rmSync(join(data, 'linked/two.txt'));
  writeFileSync(join(data, 'linked/two.txt'), 'another file');
}
