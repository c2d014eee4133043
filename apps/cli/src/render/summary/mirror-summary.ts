import { displayName, type MirrorSummary } from '@holdfast/core';
import type { Colours } from '../colours.js';
import { countText, durationText, numberText, sizeText } from '../quantities.js';

/** What a mirror did, in plain words. */
export function mirrorLines(summary: MirrorSummary, from: string, to: string, colours: Colours): string[] {
  const where = `${displayName(from)} to ${displayName(to)}`;
  const lines = [`Mirrored ${where} in ${durationText(summary.durationMs)}: ${verdict(summary, colours)}`];
  if (summary.copiedSnapshots > 0) {
    const files = `${countText(summary.copiedFiles, 'file')}, ${sizeText(summary.copiedBytes)}`;
    lines.push(
      `  ${countText(summary.copiedSnapshots, 'snapshot')} copied (${files}), compared with the checksums at both ends`,
    );
  } else {
    lines.push('  nothing to copy');
  }
  if (summary.sharedFiles > 0)
    lines.push(`  ${countText(summary.sharedFiles, 'file')} shared with snapshots already there${unreadText(summary)}`);
  if (summary.presentSnapshots > 0) lines.push(`  ${countText(summary.presentSnapshots, 'snapshot')} there already`);
  if (summary.removedSnapshots > 0) {
    const count = countText(summary.removedSnapshots, 'snapshot');
    lines.push(`  ${count} removed there, and not copied again (--again does)`);
  }
  if (summary.failedSnapshots > 0) {
    lines.push(colours.red(`  ${countText(summary.failedSnapshots, 'snapshot')} could not be copied`));
  }
  return lines;
}

/** Of which files a store's own copy was taken at its word. */
function unreadText({ unreadFiles }: MirrorSummary): string {
  return unreadFiles === 0
    ? ', whose bytes were compared'
    : `; ${countText(unreadFiles, 'file')} copied within the store were not read back`;
}

function verdict(summary: MirrorSummary, colours: Colours): string {
  if (!summary.equal) return colours.red('they are not equal');
  const { snapshots, removedSnapshots } = summary;
  const others = snapshots - removedSnapshots;
  if (removedSnapshots > 0)
    return colours.green(`${countText(others, 'snapshot')} of ${numberText(snapshots)} in both`);
  const count = snapshots === 1 ? 'the snapshot is' : `all ${countText(snapshots, 'snapshot')} are`;
  return colours.green(snapshots === 0 ? 'there is no snapshot to copy' : `${count} in both`);
}

/** Members of the summary line of `mirror --json`. */
export function mirrorMembers(summary: MirrorSummary): Record<string, unknown> {
  return {
    equal: summary.equal,
    snapshots: summary.snapshots,
    presentSnapshots: summary.presentSnapshots,
    copiedSnapshots: summary.copiedSnapshots,
    copiedFiles: summary.copiedFiles,
    copiedBytes: summary.copiedBytes,
    sharedFiles: summary.sharedFiles,
    unreadFiles: summary.unreadFiles,
    failedSnapshots: summary.failedSnapshots,
    removedSnapshots: summary.removedSnapshots,
    durationMs: Math.round(summary.durationMs),
  };
}
