import { displayName, type RestoreSummary } from '@holdfast/core';
import type { Colours } from '../colours.js';
import { countText, durationText, recordedTimeText, sizeText } from '../quantities.js';

/** What a restore did, in plain words. */
export function restoreLines(summary: RestoreSummary, into: string, colours: Colours): string[] {
  const time = recordedTimeText(summary.record.payload.createdAt);
  const written = [`${countText(summary.restoredFiles, 'file')} (${sizeText(summary.restoredBytes)})`];
  if (summary.directories > 0) written.push(countText(summary.directories, 'folder'));
  if (summary.symlinks > 0) written.push(countText(summary.symlinks, 'link'));
  const lines = [
    `Restored snapshot ${colours.bold(summary.snapshotId)} of ${time} into ${displayName(into)} in ${durationText(summary.durationMs)}`,
    `  ${written.join(', ')} written; the content of each file was compared with its checksum`,
  ];
  if (summary.keptFiles > 0)
    lines.push(`  ${countText(summary.keptFiles, 'file')} there already with the same content`);
  if (summary.failed > 0) {
    lines.push(colours.yellow(`  ${countText(summary.failed, 'item')} could not be given back`));
  }
  return lines;
}

/** Members of the summary line of `restore --json`. */
export function restoreMembers(summary: RestoreSummary): Record<string, unknown> {
  return {
    snapshotId: summary.snapshotId,
    into: summary.into,
    restoredFiles: summary.restoredFiles,
    restoredBytes: summary.restoredBytes,
    keptFiles: summary.keptFiles,
    directories: summary.directories,
    symlinks: summary.symlinks,
    failed: summary.failed,
    durationMs: Math.round(summary.durationMs),
  };
}
