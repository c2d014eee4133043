/** Files of which one thing is true. */
export interface FileList {
  readonly count: number;
  readonly sizeBytes: number;
  /** Their paths in the backup; of very many the first {@link MAX_LISTED}. Each was told to the reporter. */
  readonly paths: readonly string[];
}

/** So many paths a result names. */
export const MAX_LISTED = 10_000;

/** What could not be had, and why. */
export interface Skipped {
  /** Stable: `SOURCE_MISSING`, `UNREADABLE`, `DAMAGED`, … (docs/errors.md, "Problems"). */
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

/** Where else a backup went. */
export interface OtherPlace {
  readonly url: string;
  readonly committed: boolean;
  /** Why it has no snapshot. */
  readonly error?: unknown;
}

/** What every result has. */
export interface CommonResult {
  /** How it ended, in one sentence: what the reporter is told last. */
  readonly message: string;
  readonly skippedCount: number;
  /** The first of them. */
  readonly skipped: readonly Skipped[];
  /** What there is to know beside: workbooks that were broken before, what is not covered. */
  readonly notes: readonly string[];
}

/** What has come of a backup. */
export interface BackupResult extends CommonResult {
  /**
   * - `done`: everything is in it.
   * - `incomplete`: there is a backup, and something is not in it, or it is not everywhere it was to be: `skipped` says what.
   * - `notReplaced`: something could not be had, so the backup that stood was kept as it was.
   * - `failed`: there was nothing to back up. What stood stands.
   */
  readonly status: 'done' | 'incomplete' | 'notReplaced' | 'failed';
  readonly backupDir: string;
  /** Of the snapshot that the folder is now; absent where none was made. */
  readonly snapshotId?: string;
  /** Every file that was to be backed up and is in the backup, whether it was read or is unchanged. */
  readonly copied: FileList;
  /** Files of the other part, which stay as they were. */
  readonly kept: FileList;
  /** The sheets of the workbook, as CSV. */
  readonly exports: FileList;
  /** Files whose content was sound in the backup before, and is broken now. They are stored, and named among `skipped`. */
  readonly suspect: readonly string[];
  readonly alsoTo: readonly OtherPlace[];
}

/** What has come of a restore. */
export interface RestoreResult extends CommonResult {
  /**
   * - `done`: everything is there as it was.
   * - `incomplete`: something could not be given back: `skipped` says what.
   * - `damaged`: the backup is not whole, and nothing was restored: `skipped` says what is wrong with it.
   * - `none`: there is no such backup, or it has no such part.
   * - `declined`: the answer was no.
   */
  readonly status: 'done' | 'incomplete' | 'damaged' | 'none' | 'declined';
  readonly backupDir: string;
  /** Written, because they were missing. */
  readonly restored: FileList;
  /** Written in the place of files that differed. */
  readonly replaced: FileList;
  readonly alreadyThere: FileList;
  /** By this `holdfast undo` finds what was replaced. */
  readonly undoId?: string;
}

/** What has come of a removal. */
export interface RemovalResult {
  /**
   * - `none`: there was nothing to remove.
   * - `notABackup`: what is there is not a backup, and stays.
   * - `kept`: other files lie among those of the backup, or it is so damaged that nobody knows; it stays.
   * - `declined`: the answer was no.
   */
  readonly status: 'removed' | 'none' | 'notABackup' | 'kept' | 'declined';
  readonly backupDir: string;
  readonly message: string;
  readonly removedFiles: number;
  readonly removedBytes: number;
}

/** What has come of a CSV export. */
export interface CsvResult extends Pick<CommonResult, 'message' | 'skipped' | 'skippedCount'> {
  /** `unreadable`: the workbook is missing or broken, and nothing was written. `declined`: the answer was no. */
  readonly status: 'done' | 'unreadable' | 'declined';
  /** What was written: the first sheet, and one file for each further one. */
  readonly files: readonly { readonly sheet: string; readonly path: string; readonly sizeBytes: number }[];
}
