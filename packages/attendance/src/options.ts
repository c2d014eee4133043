import type { BackupTarget } from '@holdfast/core';
import type { Reporter } from './events.js';

/** What every function takes. */
export interface CommonOptions {
  /** Is told of each file, of what was skipped, and at last how it ended. Nothing is printed without one: see `consoleReporter`. */
  readonly reporter?: Reporter | undefined;
  /** Ends the call soon, with `ABORTED`; what stood before stands. */
  readonly signal?: AbortSignal | undefined;
  /** Where it is remembered which files were read, and where what a restore replaces is kept; this user's own folder by default. */
  readonly stateDirectory?: string | undefined;
}

/** What a function that takes a backup takes. */
export interface BackupOptions extends CommonOptions {
  /** Further places that get the same snapshot, opened by the caller: a bucket, another disk. The files are read once. */
  readonly alsoTo?: readonly BackupTarget[] | undefined;
  /** Take the place of a backup that the original program made, or of other files that are in the way. What is not in the way stays. */
  readonly force?: boolean | undefined;
  /** Let a backup that lacks something take the place of the one that stands. Without it the old one is kept then. */
  readonly evenIncomplete?: boolean | undefined;
  /** Texts in the CSV as they are, also those that a spreadsheet would run as a formula. */
  readonly csvRaw?: boolean | undefined;
}

/** What is about to be done, and cannot be without a yes. */
export type Question =
  /** Files in these places are written, and those that differ replaced. */
  | { readonly about: 'restore'; readonly backupDir: string; readonly places: readonly string[] }
  | { readonly about: 'remove'; readonly backupDir: string }
  /** These files are replaced. */
  | { readonly about: 'replace'; readonly paths: readonly string[] };

/** What a function that may replace or remove something takes. */
export interface AskingOptions extends CommonOptions {
  /** Asked before anything is changed; where it says no, nothing is. Without it, nothing is asked. */
  readonly confirm?: ((question: Question) => boolean | Promise<boolean>) | undefined;
}

/** What a function that restores takes. */
export interface RestoreOptions extends AskingOptions {
  /** Restore also from a backup that is damaged: what is whole in it. Each file is proven in any case. */
  readonly evenIncomplete?: boolean | undefined;
}

/** What {@link removeBackup} takes. */
export interface RemoveOptions extends AskingOptions {
  /** Remove also a backup that the original program made (a folder without any record of ours), and what others have put among the files of one. */
  readonly force?: boolean | undefined;
}

/** What {@link exportCsv} takes. */
export interface CsvOptions extends AskingOptions {
  /** Texts as they are, also those that a spreadsheet would run as a formula. */
  readonly raw?: boolean | undefined;
}
