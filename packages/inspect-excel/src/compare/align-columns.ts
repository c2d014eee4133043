import { lettersOf } from '../values/address.js';
import type { Cell } from '../workbook/workbook.js';
import { alignSequences } from './align.js';
import type { ColumnMap } from './sheet-outline.js';
import { textHash } from './text-hash.js';

/** How the columns of two versions of a sheet belong together. */
export interface ColumnAlignment {
  /** The names of those that are only there before, and only after. */
  readonly removed: readonly HeadedColumn[];
  readonly added: readonly HeadedColumn[];
  /** What each column of the earlier version is called while both are compared: -1 if it is gone. */
  readonly before: ColumnMap;
  readonly after: ColumnMap;
}

/** A column with what stands in its first row. */
export interface HeadedColumn {
  readonly column: number;
  /** As a range: `C:C`. */
  readonly place: string;
  readonly name: string;
}

/**
 * Were columns inserted or taken out? Seen from the first row, if it looks like one of headlines: different texts, of which most are on both sides.
 * `undefined` if not: then columns belong together by their place.
 */
export function alignColumns(before: readonly Cell[], after: readonly Cell[]): ColumnAlignment | undefined {
  if (!areHeadlines(before) || !areHeadlines(after)) return undefined;
  const { hunks } = alignSequences({ before: hashes(before), after: hashes(after) });
  const removed: HeadedColumn[] = [];
  const added: HeadedColumn[] = [];
  let kept = before.length;
  for (const { fromBefore, toBefore, fromAfter, toAfter } of hunks) {
    kept -= toBefore - fromBefore;
    // As many on both sides have another headline now; only what is left over is new, or gone.
    const renamed = Math.min(toBefore - fromBefore, toAfter - fromAfter);
    removed.push(...before.slice(fromBefore + renamed, toBefore).map(headed));
    added.push(...after.slice(fromAfter + renamed, toAfter).map(headed));
  }
  if (removed.length + added.length === 0 || kept * 2 < Math.min(before.length, after.length)) return undefined;
  return { removed, added, before: mapWithout(removed), after: mapWithout(added) };
}

function headed({ column, text }: Cell): HeadedColumn {
  const letters = lettersOf(column);
  return { column, place: `${letters}:${letters}`, name: text };
}

function areHeadlines(cells: readonly Cell[]): boolean {
  return (
    cells.length > 0 &&
    cells.every(({ kind, text }) => kind === 'text' && text !== '') &&
    new Set(cells.map(({ text }) => text)).size === cells.length
  );
}

function hashes(cells: readonly Cell[]): number[] {
  const hash = textHash();
  return cells.map(({ text }) => {
    hash.text(text);
    return hash.take();
  });
}

/** Counts only the columns that stay. */
function mapWithout(columns: readonly HeadedColumn[]): ColumnMap {
  const gone = columns.map(({ column }) => column);
  const isGone = new Set(gone);
  return (column) => {
    if (isGone.has(column)) return -1;
    let lower = 0;
    let upper = gone.length;
    while (lower < upper) {
      const middle = (lower + upper) >> 1;
      if ((gone[middle] ?? 0) < column) lower = middle + 1;
      else upper = middle;
    }
    return column - lower;
  };
}
