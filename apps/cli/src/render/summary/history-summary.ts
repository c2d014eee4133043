import { type ContentHistory, displayName } from '@holdfast/core';
import type { Colours } from '../colours.js';
import { countText } from '../quantities.js';
import { findLines, findMembers } from './find-summary.js';

/** What `history` says at its end. */
export function historyLines(
  history: ContentHistory,
  cell: string | undefined,
  unseen: number,
  colours: Colours,
): string[] {
  const lines = findLines(history, colours);
  const versions = history.found.flatMap((path) => path.versions);
  const seen = versions.flatMap(({ value }) => (value === undefined ? [] : [value.found]));
  if (cell !== undefined && history.found.length > 0 && unseen === 0 && seen.every((found) => found === undefined)) {
    const where = displayName(cell);
    const why =
      seen.length === 0
        ? `these are no workbooks and no arrays: there is no ${where} in them`
        : `nothing ever stood at ${where}: is it a cell (SHEET!B7), or an element of an array ([3, 17])?`;
    lines.push(colours.yellow(why));
  }
  if (unseen > 0) lines.push(colours.yellow(`${countText(unseen, 'version')} could not be looked into`));
  return lines;
}

/** Members of the summary line of `history --json`. */
export function historyMembers(history: ContentHistory, unseen: number): Record<string, unknown> {
  return { ...findMembers(history), unseen };
}
