import { displayName, type PathHistory, type VersionContent } from '@holdfast/core';
import type { Colours } from './colours.js';
import { contentWords, faultText } from './content-text.js';
import { foundJson, foundVersionText, pathHeadings } from './found-item.js';
import type { ListedItem } from './output.js';
import { recordedTimeText } from './quantities.js';

/** What was asked for. */
export interface HistoryWish {
  readonly cell?: string;
  /** Versions in which the cell is what it was before, too. */
  readonly verbose?: true;
}

/** For each path its name, and below it a line for each version with what is in it, or for each value that a cell had. */
export function* versionItems(
  found: readonly PathHistory[],
  wish: HistoryWish,
  colours: Colours,
): Generator<ListedItem> {
  const headings = pathHeadings(found, colours);
  for (const [index, path] of found.entries()) {
    let heading = headings[index];
    let before: string | undefined;
    for (const [number, version] of path.versions.entries()) {
      const isLast = number === path.versions.length - 1;
      const text =
        wish.cell === undefined ? fileText(version, isLast, colours) : cellText(version, before, wish, colours);
      if (version.value !== undefined) before = valueText(version);
      const json = versionJson(path, version);
      if (text === undefined) yield { json };
      else yield { text: heading === undefined ? text : `${heading}\n${text}`, json };
      if (text !== undefined) heading = undefined;
    }
  }
}

function fileText(version: VersionContent, isLast: boolean, colours: Colours): string {
  const { inspected, unseen } = version;
  const words =
    inspected === undefined
      ? unseen === undefined
        ? []
        : [faultText(unseen, colours)]
      : contentWords(inspected, colours);
  return [foundVersionText(version, isLast, colours), ...words.map((line) => `            ${line}`)].join('\n');
}

/** `undefined` where the cell is as it was in the version before. */
function cellText(
  version: VersionContent,
  before: string | undefined,
  { verbose }: HistoryWish,
  colours: Colours,
): string | undefined {
  const { firstSnapshotId: id, firstSnapshotAt: at, unseen } = version;
  const when = `  ${recordedTimeText(at)}  ${id}  `;
  if (unseen !== undefined) return when + (faultText(unseen, colours) ?? '');
  if (version.value === undefined || (!version.isChange && verbose !== true)) return undefined;
  const now = valueText(version);
  return when + (before === undefined || before === now ? now : `${before} -> ${now}`);
}

function valueText({ value }: VersionContent): string {
  const found = value?.found;
  if (found === undefined) return 'nothing';
  const formula = found.formula === undefined ? '' : `  (=${displayName(found.formula.replace(/^=/, ''))})`;
  return `"${displayName(found.text)}"${formula}`;
}

function versionJson(path: PathHistory, version: VersionContent): ListedItem['json'] {
  const { firstSnapshotAt, lastSnapshotAt, isChange, inspected, value, unseen } = version;
  const fault = unseen?.status === 'sound' ? undefined : unseen?.fault;
  return {
    ...foundJson(path, version),
    type: 'version',
    firstSnapshotAt,
    lastSnapshotAt,
    isChange,
    ...(inspected === undefined ? {} : { content: inspected.content, words: inspected.lines }),
    ...(value === undefined ? {} : { cell: { value: value.found ?? null } }),
    ...(fault === undefined ? {} : { unseen: fault }),
  };
}
