import { displayName, type FindPathsSummary } from '@holdfast/core';
import type { Colours } from '../colours.js';
import { countText, numberText } from '../quantities.js';

/** What a search says of itself, whatever it was for. */
export type SearchSummary = Pick<FindPathsSummary, 'versions' | 'snapshots' | 'unused' | 'omitted' | 'durationMs'> & {
  readonly found: readonly unknown[];
};

/** What `find` says at its end. */
export function findLines(summary: SearchSummary, colours: Colours): string[] {
  const { found, versions, snapshots, unused, omitted } = summary;
  const searched = countText(snapshots, 'snapshot');
  const lines =
    found.length === 0
      ? [`Nothing found in ${searched}.`]
      : [`${countText(found.length, 'path')}, ${countText(versions, 'version')} in ${searched}`];
  if (found.length > 0 && unused.length > 0) {
    lines.push(colours.yellow(`nothing is called ${unused.map((word) => `"${displayName(word)}"`).join(', ')}`));
  }
  for (const word of unused) {
    const advice = adviceFor(word);
    if (advice !== undefined) lines.push(colours.yellow(displayName(advice)));
  }
  if (omitted > 0) {
    lines.push(colours.yellow(`${numberText(omitted)} more were found and are not listed: narrow the pattern`));
  }
  return lines;
}

/** Members of the summary line of `find --json`. */
export function findMembers(summary: SearchSummary): Record<string, unknown> {
  const { found, versions, snapshots, unused, omitted, durationMs } = summary;
  return { paths: found.length, versions, snapshots, unused, omitted, durationMs };
}

/** A pattern that was hardly meant as it counts. */
function adviceFor(word: string): string | undefined {
  if (/^\.{1,2}\//.test(word))
    return `"${word}" counts from the top of the snapshots, where the names of the sources stand, not from the working folder`;
  if (/(^|[^\\])\[[^\]]*$/.test(word)) return `in "${word}" the "[" is an ordinary character, as no "]" ends it`;
  return undefined;
}
