import {
  type ClearedUndo,
  displayName,
  type PrunedSnapshot,
  type PruneSummary,
  TRASH_DAYS,
  UNDO_DAYS,
  UNDO_RECORDS,
} from '@holdfast/core';
import type { Colours } from '../colours.js';
import { countText, durationText, recordedTimeText, sizeText } from '../quantities.js';

/** There is nothing to delete and nothing to clear. */
export function isIdle(summary: PruneSummary): boolean {
  return summary.prunedSnapshots.length + summary.residue === 0;
}

/** What a prune did, or would do, in plain words. */
export function pruneLines(summary: PruneSummary, from: string, colours: Colours): string[] {
  return [
    heading(summary, displayName(from), colours),
    ...summary.prunedSnapshots.map((snapshot) => snapshotLine(snapshot)),
    ...residueLines(summary),
    ...keptLines(summary),
  ];
}

function heading(summary: PruneSummary, where: string, colours: Colours): string {
  if (isIdle(summary) && summary.problemCount > 0) return colours.yellow(`Nothing was deleted in ${where}`);
  if (isIdle(summary)) return `Nothing to delete in ${where}`;
  // What other snapshots share is not counted, and not every store says what it gets back.
  const size = summary.freedBytes === 0 ? '' : `, at least ${sizeText(summary.freedBytes)}`;
  if (summary.dryRun) return `A prune of ${where} would delete${size}:`;
  return `Pruned ${where} in ${durationText(summary.durationMs)}: ${colours.green(`deleted${size}`)}`;
}

function snapshotLine({ id, removedAt, sizeBytes }: PrunedSnapshot): string {
  return `  snapshot ${id}  removed ${recordedTimeText(removedAt)}  ${sizeText(sizeBytes)}`;
}

function residueLines({ residue, livingResidue }: PruneSummary): string[] {
  const lines: string[] = [];
  if (residue > 0) lines.push(`  what ${countText(residue, 'interrupted run')} left`);
  if (livingResidue > 0) lines.push(`  ${countText(livingResidue, 'run')} may still be going on: left alone`);
  return lines;
}

function keptLines({ keptSnapshots }: PruneSummary): string[] {
  if (keptSnapshots.length === 0) return [];
  const count = countText(keptSnapshots.length, 'removed snapshot');
  return [`  ${count} kept: ${TRASH_DAYS} days have not passed (--now does not wait)`];
}

/** What restores have replaced, and is kept no more. */
export function clearedUndoLines(cleared: readonly ClearedUndo[], dryRun: boolean): string[] {
  if (cleared.length === 0) return [];
  const bytes = cleared.reduce((sum, one) => sum + one.bytes, 0);
  const what = `what ${countText(cleared.length, 'restore')} on this machine had replaced (${sizeText(bytes)})`;
  return [
    `  ${what}, kept for ${UNDO_DAYS} days and of the last ${UNDO_RECORDS}, ${dryRun ? 'would be' : 'is'} deleted`,
  ];
}

/** Members of the summary line of `prune --json`. */
export function pruneMembers(summary: PruneSummary): Record<string, unknown> {
  return {
    dryRun: summary.dryRun,
    prunedSnapshots: summary.prunedSnapshots,
    keptSnapshots: summary.keptSnapshots.map(({ id, removedAt }) => ({ id, removedAt })),
    residue: summary.residue,
    livingResidue: summary.livingResidue,
    freedBytes: summary.freedBytes,
    durationMs: Math.round(summary.durationMs),
  };
}
