import type { Problem } from '../../events/index.js';
import type { Entry, FileEntry } from '../../snapshot/index.js';
import type { Report } from '../report.js';

/** What became of the entries of a restore. In a dry run: what would become of them. */
export interface RestoreCounts {
  /** Files written, new ones and replaced ones. */
  restoredFiles: number;
  restoredBytes: number;
  /** Of the files written, those that took the place of something else. */
  replacedFiles: number;
  /** Files that were there already, byte for byte. */
  keptFiles: number;
  /** Files, folders and links that were there, and of which only mode, time or owner was set. */
  adjusted: number;
  /** Folders that are there. */
  directories: number;
  /** Links that are there. */
  symlinks: number;
  /** Files, folders and links that were deleted. */
  deleted: number;
  deletedBytes: number;
  /** What is not there as the snapshot has it. */
  failed: number;
}

/** What was done with a folder or a link. */
export type EntryAction = 'restored' | 'replaced' | 'adjusted' | 'kept';

/** Counts what a restore does, and tells it. */
export class RestoreTally {
  readonly counts: RestoreCounts = {
    restoredFiles: 0,
    restoredBytes: 0,
    replacedFiles: 0,
    keptFiles: 0,
    adjusted: 0,
    directories: 0,
    symlinks: 0,
    deleted: 0,
    deletedBytes: 0,
    failed: 0,
  };
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  /** Something could not be given back: not counting what is there and only has another mode, time or owner. */
  misses = false;

  fail(problem: Problem): void {
    this.counts.failed += 1;
    if (problem.code !== 'ATTRIBUTES') this.misses = true;
    this.#report.problem(problem);
  }

  /** So many live files had further names, which are not restored. */
  parted({ files, first }: { readonly files: number; readonly first: string }): void {
    const more = files - 1;
    const subject =
      more === 0
        ? `${first}, which was replaced, has`
        : `${first} and ${more} other${more === 1 ? '' : 's'} that were replaced have`;
    this.#report.note('LINKS_PARTED', `${subject} further names that were not restored: what those hold is as it was`);
  }

  /** A problem that concerns none of the entries. */
  tell(problem: Problem): void {
    this.#report.problem(problem);
  }

  progress(bytes: number, path: string): void {
    this.#report.advance(0, bytes, path);
  }

  /** A file is written. @param untoldBytes of its bytes those that {@link progress} has not told. */
  restored(entry: FileEntry, replaced: boolean, untoldBytes: number): void {
    this.counts.restoredFiles += 1;
    this.counts.restoredBytes += entry.sizeBytes;
    if (replaced) this.counts.replacedFiles += 1;
    this.#report.file(replaced ? 'replaced' : 'restored', entry.path, entry.sizeBytes);
    this.#report.advance(1, untoldBytes, entry.path);
  }

  /** A file was there. */
  kept(entry: FileEntry, adjusted: boolean): void {
    this.counts.keptFiles += 1;
    if (adjusted) this.counts.adjusted += 1;
    this.#report.file(adjusted ? 'adjusted' : 'kept', entry.path, entry.sizeBytes);
    this.#report.advance(1, entry.sizeBytes, entry.path);
  }

  /** A folder or a link is there. */
  entry(entry: Exclude<Entry, FileEntry>, action: EntryAction): void {
    if (entry.type === 'directory') this.counts.directories += 1;
    else this.counts.symlinks += 1;
    if (action === 'adjusted') this.counts.adjusted += 1;
    if (action !== 'kept') this.#report.item(action, entry.type, entry.path);
  }

  /** Something that the snapshot does not have is gone. */
  deletedEntry(type: Entry['type'], path: string, sizeBytes: number): void {
    this.counts.deleted += 1;
    this.counts.deletedBytes += sizeBytes;
    if (type === 'file') this.#report.file('deleted', path, sizeBytes);
    else this.#report.item('deleted', type, path);
  }
}
