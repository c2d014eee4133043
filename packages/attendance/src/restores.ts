import { bringBack } from './bring-back.js';
import type { RestoreOptions } from './options.js';
import type { RestoreResult } from './results.js';

/**
 * Restores the workbook and the encodings. The backup must be there and whole: all of it is read before anything is written (with `evenIncomplete` what is
 * whole in it comes back). Encodings that are not in the backup stay where they are.
 *
 * @throws HoldfastError, TargetError where nothing can be restored there at all; never for a single file
 */
export function restoreBackup(
  backupDir: string,
  dataDir: string,
  excelFile: string,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  return bringBack({ backupDir, dataDir, excelFile, isWhole: true }, options);
}

/** Restores the workbook alone; it is found by the name of the file that it is restored to. */
export function restoreExcel(
  excelFile: string,
  backupDir: string,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  return bringBack({ backupDir, excelFile, isWhole: false }, options);
}

/** Restores every `.npy` file into the folder, names and sub-folders as they were. */
export function restoreNpy(dataDir: string, backupDir: string, options: RestoreOptions = {}): Promise<RestoreResult> {
  return bringBack({ backupDir, dataDir, isWhole: false }, options);
}
