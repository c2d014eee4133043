import { displayName, type UndoableRestore, type UndoCounts, type UndoRestoreSummary } from '@holdfast/core';
import type { Colours } from '../colours.js';
import { countText, durationText, recordedTimeText } from '../quantities.js';

/** What can be undone, by what it was. */
export function whatItWas({ kind, snapshotId }: Pick<UndoableRestore, 'kind' | 'snapshotId'>): string {
  if (kind === 'undo') return `undo of a restore of ${snapshotId}`;
  return `${kind === 'redo' ? 'redo of a ' : ''}restore of ${snapshotId}`;
}

/** What an undo takes back, in the words of whoever is asked. */
export function whatItUndoes(planned: UndoableRestore): string {
  const time = recordedTimeText(planned.at);
  if (planned.goesOn) return `The interrupted undo of the ${whatItWas(planned)} goes on`;
  return `The ${whatItWas(planned)} of ${time} is undone`;
}

/** What it changes. */
export function undoCounts({ restored, replaced, deleted, adjusted }: UndoCounts): string {
  const parts = [
    restored > 0 ? `${countText(restored, 'item')} made again` : '',
    replaced > 0 ? `${countText(replaced, 'item')} replaced` : '',
    deleted > 0 ? `${countText(deleted, 'item')} taken away` : '',
    adjusted > 0 ? `${countText(adjusted, 'item')} given mode, time or owner` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

/** What an undo of a restore did, or would do, in plain words. */
export function undoneLines(summary: UndoRestoreSummary, colours: Colours): string[] {
  const { planned, dryRun, restored, replaced, deleted, adjusted, changedSince, undoId, isWhole, problemCount } =
    summary;
  const what = `the ${whatItWas(planned)} of ${recordedTimeText(planned.at)}`;
  const lines = dryRun
    ? [`A dry run: nothing was written. An undo of ${what} would do this:`]
    : [`${isWhole ? 'Undid' : 'Not all undone:'} ${what} in ${durationText(summary.durationMs)}`];
  const then = (count: number, did: string, would: string): void => {
    if (count > 0) lines.push(`  ${countText(count, 'item')} ${dryRun ? would : did}`);
  };
  then(restored, 'made again', 'to make again');
  then(replaced, 'replaced by what was there before', 'to replace by what was there before');
  then(deleted, 'that had not been there taken away', 'that had not been there to take away');
  then(adjusted, 'given mode, time or owner as before', 'to give mode, time or owner as before');
  if (restored + replaced + deleted + adjusted === 0 && problemCount === 0)
    lines.push('  everything is as it was before');
  if (changedSince > 0)
    then(
      changedSince,
      'of these had changed since, and are kept as they were',
      'of these have changed since, and are kept as they are',
    );
  if (problemCount > 0) lines.push(colours.yellow(`  ${countText(problemCount, 'item')} could not be put back`));
  if (dryRun) lines.push(...planned.places.map((place) => `  it concerns ${displayName(place)}`));
  else if (undoId !== undefined && isWhole) lines.push('  "holdfast undo" again takes this back');
  else if (!isWhole)
    lines.push('  When that is mended "holdfast undo" goes on with it; "holdfast restore --dismiss" leaves it so');
  return lines;
}

/** Members of the summary line of `undo --json`, where it takes back a restore. */
export function undoneMembers(summary: UndoRestoreSummary): Record<string, unknown> {
  const { planned } = summary;
  return {
    action: planned.kind === 'undo' ? 'restoreAgain' : 'undoRestore',
    at: planned.at,
    snapshotIds: [],
    prunedIds: [],
    restoreId: planned.id,
    snapshotId: planned.snapshotId,
    places: planned.places,
    dryRun: summary.dryRun,
    undoId: summary.undoId,
    restored: summary.restored,
    replaced: summary.replaced,
    deleted: summary.deleted,
    adjusted: summary.adjusted,
    changedSince: summary.changedSince,
    durationMs: Math.round(summary.durationMs),
  };
}
