import { displayName, type FindPathsSummary } from '@holdfast/core';
import type { Colours } from '../colours.js';
import { countText, numberText } from '../quantities.js';

/** What `find` says at its end. */
export function findLines(summary: FindPathsSummary, colours: Colours): string[] {
  const { found, versions, snapshots, unused, omitted } = summary;
  const searched = countText(snapshots, 'snapshot');
  const lines =
    found.length === 0
      ? [`Nothing found in ${searched}.`]
      : [`${countText(found.length, 'path')}, ${countText(versions, 'version')} in ${searched}`];
  if (found.length > 0 && unused.length > 0) {
    lines.push(colours.yellow(`nothing is called ${unused.map((word) => `"${displayName(word)}"`).join(', ')}`));
  }
  if (omitted > 0) {
    lines.push(colours.yellow(`${numberText(omitted)} more were found and are not listed: narrow the pattern`));
  }
  return lines;
}

/** Members of the summary line of `find --json`. */
export function findMembers(summary: FindPathsSummary): Record<string, unknown> {
  const { found, versions, snapshots, unused, omitted, durationMs } = summary;
  return { paths: found.length, versions, snapshots, unused, omitted, durationMs };
}
