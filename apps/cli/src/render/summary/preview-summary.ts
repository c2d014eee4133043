import { displayName, type PreviewSummary, type PreviewTargetSummary } from '@holdfast/core';
import type { Colours } from '../colours.js';
import { displayWidth, padded } from '../display-width.js';
import { errorReport } from '../error-report.js';
import { spaceText } from '../forecast-text.js';
import { leftOutCounts } from '../left-out-text.js';
import { countText, numberText, sizeText } from '../quantities.js';
import { type BackupPlace, contentsText, errorMembers } from './backup-summary.js';

/** What a backup would do, in plain words; `places` are its targets in the summary's order. */
export function previewLines(summary: PreviewSummary, places: readonly BackupPlace[], colours: Colours): string[] {
  const { counts, changes, readFiles, readBytes } = summary;
  const labels = places.map(({ address }) => `to ${displayName(address)}`);
  const width = Math.max(0, ...labels.map(displayWidth));
  const changed = `${numberText(changes.new)} new, ${numberText(changes.changed)} changed, ${numberText(changes.unchanged)} unchanged`;
  const leftOut = leftOutCounts(summary.leftOut);
  return [
    colours.bold('A dry run: nothing was written'),
    `  would take ${contentsText(counts)}: ${changed}`,
    `  would read ${countText(readFiles, 'file')} (${sizeText(readBytes)})`,
    ...(leftOut === undefined ? [] : [`  ${leftOut}`]),
    ...summary.targets.map(
      (target, index) =>
        `  ${padded(labels[index] ?? '', width)}  ${targetText(target, places[index]?.copyShares === true, colours)}`,
    ),
  ];
}

function targetText(target: PreviewTargetSummary, copyShares: boolean, colours: Colours): string {
  if (target.error !== undefined) {
    const report = errorReport(target.error);
    return colours.red(`would fail: ${displayName(report.message)} (${report.code})`);
  }
  const parts = [`would store ${countText(target.storedFiles, 'file')} (${sizeText(target.storedBytes)})`];
  if (target.sharedFiles > 0) {
    const shared = `${countText(target.sharedFiles, 'file')} (${sizeText(target.sharedBytes)})`;
    parts.push(copyShares ? `share ${shared} with the last snapshot` : `copy ${shared} within the store`);
  }
  if (target.space !== undefined) parts.push(`takes ${spaceText(target.space)}`);
  return `${parts.join(', ')}${target.isNew ? '; a new target' : ''}`;
}

/** Members of the summary line of `backup --dry-run --json`. */
export function previewMembers(summary: PreviewSummary, addresses: readonly string[]): Record<string, unknown> {
  const { files, directories, symlinks, bytes, skipped } = summary.counts;
  return {
    command: 'backup --dry-run',
    files,
    directories,
    symlinks,
    bytes,
    skipped,
    ...summary.changes,
    leftOut: summary.leftOut,
    readFiles: summary.readFiles,
    readBytes: summary.readBytes,
    targets: summary.targets.map(({ error, ...target }, index) => ({
      address: addresses[index] ?? target.url,
      ...target,
      ...(error === undefined ? {} : { error: errorMembers(error) }),
    })),
    durationMs: Math.round(summary.durationMs),
  };
}
