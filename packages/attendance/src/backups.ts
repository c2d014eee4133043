import type { SourceSpec } from '@holdfast/core';
import type { Gathered } from './gathered.js';
import type { BackupOptions } from './options.js';
import { EXCEL, encodings, mayHaveEncodings, NPY, workbook } from './parts.js';
import type { BackupResult } from './results.js';
import type { StandingBackup } from './standing.js';
import { takeBackup } from './take-backup.js';

/**
 * Backs up the workbook and all encodings: `excel/` with the workbook under its own name, `npy/` with every `.npy` of the folder and
 * its sub-folders, and the sheets as CSV (`data_backup.csv`). A backup that stands there is replaced, as a whole and only when the new one is
 * whole; killed at any moment, the old one or the new one is there.
 *
 * @throws HoldfastError, TargetError where no backup can be taken there at all; never for a single file
 */
export function createBackup(
  dataDir: string,
  excelFile: string,
  backupDir: string,
  options: BackupOptions = {},
): Promise<BackupResult> {
  return takeBackup(
    {
      backupDir,
      carry: [],
      sources: async (standing, gathered) => [workbook(excelFile), ...(await encodingsOf(dataDir, standing, gathered))],
    },
    options,
  );
}

/** {@link createBackup} of the workbook alone: encodings that are in the backup stay as they are there. */
export function backupExcel(excelFile: string, backupDir: string, options: BackupOptions = {}): Promise<BackupResult> {
  return takeBackup({ backupDir, carry: [NPY], sources: async () => [workbook(excelFile)] }, options);
}

/** {@link createBackup} of the encodings alone: the workbook that is in the backup stays as it is there, with its CSV. */
export function backupNpy(dataDir: string, backupDir: string, options: BackupOptions = {}): Promise<BackupResult> {
  return takeBackup({ backupDir, carry: [EXCEL], sources: async () => [encodings(dataDir)] }, options);
}

/** A program that knows no face yet has no encodings, and that is no fault. Where the backup has some, it may be one. */
async function encodingsOf(
  dataDir: string,
  standing: StandingBackup | undefined,
  gathered: Gathered,
): Promise<readonly SourceSpec[]> {
  if ((await mayHaveEncodings(dataDir)) || (await standing?.hasEncodings()) === true) return [encodings(dataDir)];
  gathered.tell({ type: 'note', code: 'NO_ENCODINGS', message: `there is no .npy file in ${dataDir}` });
  return [];
}
