import type { Sheet } from '../workbook/workbook.js';
import { isSameOutline, type SheetOutline } from './sheet-outline.js';

/** The sheets of two workbooks by their places: which is which, and which has no other. */
export interface SheetMatch {
  /** In the order of the later workbook. */
  readonly pairs: readonly (readonly [before: number, after: number])[];
  readonly removed: readonly number[];
  readonly added: readonly number[];
}

/** One side. */
export interface OutlinedSheets {
  readonly sheets: readonly Sheet[];
  readonly outlines: readonly SheetOutline[];
}

/** So many of the rows of a sheet must be in another one, for it to be the same sheet under another name. */
const RENAMED_SHARE = 0.5;

/** Sheets of one name belong together. Of the others those with the same content have another name now, or else those with much the same. */
export function matchSheets(before: OutlinedSheets, after: OutlinedSheets): SheetMatch {
  const pairs: [number, number][] = [];
  const removed = new Set(before.sheets.keys());
  const added = new Set(after.sheets.keys());
  const join = (a: number, b: number): void => {
    pairs.push([a, b]);
    removed.delete(a);
    added.delete(b);
  };
  const byName = new Map([...before.sheets.entries()].map(([index, { name }]) => [name, index]));
  for (const [index, { name }] of after.sheets.entries()) {
    const same = byName.get(name);
    if (same !== undefined && removed.has(same)) join(same, index);
  }
  for (const isAlike of [isSameContent, isMuchAlike]) {
    for (const b of added) {
      const a = [...removed].find((index) => isAlike(before.outlines[index], after.outlines[b]));
      if (a !== undefined) join(a, b);
    }
  }
  pairs.sort(([, a], [, b]) => a - b);
  return { pairs, removed: [...removed], added: [...added] };
}

function isSameContent(a: SheetOutline | undefined, b: SheetOutline | undefined): boolean {
  return a !== undefined && b !== undefined && a.rows.length > 0 && isSameOutline(a, b);
}

function isMuchAlike(a: SheetOutline | undefined, b: SheetOutline | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const larger = Math.max(a.rows.length, b.rows.length);
  // Two sheets that share one headline are no more than made from one template.
  if (larger < 2 || Math.min(a.rows.length, b.rows.length) < larger * RENAMED_SHARE) return false;
  const values = new Set<number>();
  for (let at = 0; at < a.values.length; at += 1) values.add(a.values.at(at));
  let shared = 0;
  for (let at = 0; at < b.values.length; at += 1) if (values.has(b.values.at(at))) shared += 1;
  return shared > larger * RENAMED_SHARE;
}
