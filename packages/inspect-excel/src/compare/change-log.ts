import type { ContentChange } from '@holdfast/core/inspect';
import { shortText } from '../values/short-text.js';

/** What a comparison counts. */
export interface ChangeCounts {
  cellsChanged: number;
  /** Cells with the same value by another formula; they are no {@link cellsChanged}. */
  formulasChanged: number;
  rowsAdded: number;
  rowsRemoved: number;
  columnsAdded: number;
  columnsRemoved: number;
}

/** Keeps the first changes, and counts all. */
export interface ChangeLog {
  add(change: ContentChange): void;
  readonly changes: readonly ContentChange[];
  readonly omitted: number;
}

/** Texts of changes are as long as a line of a terminal. */
const MAX_CHARACTERS = 80;
/** Excel's names of sheets have 31 at most. */
const MAX_PLACE_CHARACTERS = 120;

/** @param maxChanges how many are kept. */
export function changeLog(maxChanges: number): ChangeLog {
  const changes: ContentChange[] = [];
  let omitted = 0;
  return {
    changes,
    get omitted() {
      return omitted;
    },
    add({ place, change, before, after }) {
      if (changes.length === maxChanges) {
        omitted += 1;
        return;
      }
      changes.push({
        place: shortText(place, MAX_PLACE_CHARACTERS),
        change,
        ...(before === undefined ? {} : { before: shortText(before, MAX_CHARACTERS) }),
        ...(after === undefined ? {} : { after: shortText(after, MAX_CHARACTERS) }),
      });
    },
  };
}

/** Nothing yet. */
export function noChanges(): ChangeCounts {
  return { cellsChanged: 0, formulasChanged: 0, rowsAdded: 0, rowsRemoved: 0, columnsAdded: 0, columnsRemoved: 0 };
}
