import { displayName, type RestoreSummary, UNDO_DAYS } from '@holdfast/core';
import type { Colours } from '../colours.js';
import { countText, durationText, recordedTimeText, sizeText } from '../quantities.js';

/** What a restore did, or would do, in plain words. */
export function restoreLines(summary: RestoreSummary, colours: Colours): string[] {
  const { into, dryRun, keptFiles, replacedFiles, adjusted } = summary;
  const time = recordedTimeText(summary.record.payload.createdAt);
  const what = `snapshot ${colours.bold(summary.snapshotId)} of ${time} ${into === undefined ? 'in place' : `into ${displayName(into)}`}`;
  const written = [`${countText(summary.restoredFiles, 'file')} (${sizeText(summary.restoredBytes)})`];
  // In place most of them were there.
  if (into !== undefined && summary.directories > 0) written.push(countText(summary.directories, 'folder'));
  if (into !== undefined && summary.symlinks > 0) written.push(countText(summary.symlinks, 'link'));
  const lines = dryRun
    ? [`A dry run: nothing was written. Restoring ${what} would do this:`, `  ${written.join(', ')} to write or set`]
    : [
        `Restored ${what} in ${durationText(summary.durationMs)}`,
        `  ${written.join(', ')} written; the content of each file was compared with its checksum`,
      ];
  if (dryRun && into === undefined) lines.push(...summary.places.map((place) => `  it goes to ${displayName(place)}`));
  if (replacedFiles > 0) lines.push(`  ${countText(replacedFiles, 'file')} in the place of others that differed`);
  if (keptFiles > 0) lines.push(`  ${countText(keptFiles, 'file')} there already with the same content`);
  if (adjusted > 0)
    lines.push(
      `  ${countText(adjusted, 'item')} with another mode, time or owner, which ${dryRun ? 'would be' : 'were'} set`,
    );
  if (summary.deleted > 0) {
    const what = `${countText(summary.deleted, 'item')} (${sizeText(summary.deletedBytes)})`;
    lines.push(`  ${what} that the snapshot does not have ${dryRun ? 'to delete' : 'deleted'}`);
  }
  if (summary.undoId !== undefined)
    lines.push(`  "holdfast undo" takes it back: what it replaced is kept for ${UNDO_DAYS} days`);
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
    places: summary.places,
    dryRun: summary.dryRun,
    undoId: summary.undoId,
    restoredFiles: summary.restoredFiles,
    restoredBytes: summary.restoredBytes,
    replacedFiles: summary.replacedFiles,
    keptFiles: summary.keptFiles,
    adjusted: summary.adjusted,
    deleted: summary.deleted,
    deletedBytes: summary.deletedBytes,
    directories: summary.directories,
    symlinks: summary.symlinks,
    failed: summary.failed,
    durationMs: Math.round(summary.durationMs),
  };
}
