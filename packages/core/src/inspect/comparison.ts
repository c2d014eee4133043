import type { ContentFacts, Inspection } from './inspection.js';

/** One place in which two contents differ. */
export interface ContentChange {
  /** `Attendance!B7`, `[3, 17]`; of a whole part (a sheet, a row, a member of an archive) its name. */
  readonly place: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** In the words of the export, shortened; absent of what was added. */
  readonly before?: string;
  /** Absent of what was removed. */
  readonly after?: string;
}

/** How the content of two files differs. */
export type ContentComparison =
  | {
      readonly status: 'compared';
      /** What is in them is the same, though their bytes are not. */
      readonly isEqual: boolean;
      /** In words, one line each, the most telling first: "3 cells changed in Attendance, 2 rows added". */
      readonly lines: readonly string[];
      /** The same as numbers, for a program: what a kind says is in its documentation. */
      readonly facts: ContentFacts;
      /** The first of the changes, in the order of the file. */
      readonly changes: readonly ContentChange[];
      /** How many more there are. */
      readonly omittedChanges: number;
    }
  /** One of them could not be looked into: which, and why. */
  | { readonly status: 'notCompared'; readonly side: 'before' | 'after'; readonly inspection: Inspection };
