import { type DeletionSummary, displayName, type RestoreQuestion } from '@holdfast/core';
import { countText, numberText, recordedTimeText, sizeText } from '../render/quantities.js';
import type { Session } from '../session.js';
import { requireYes } from './require-yes.js';

/** Shows where a restore in place writes, and what would be deleted, and asks. `--yes` has answered already. @throws CliError `NOT_CONFIRMED`. */
export async function confirmRestore(session: Session, question: RestoreQuestion, yes: boolean): Promise<void> {
  const { record, places, snapshotId, inPlace, deletions } = question;
  const of = `Snapshot ${snapshotId} of ${recordedTimeText(record.payload.createdAt)}`;
  const words = inPlace
    ? [`${of} goes back in place, over what differs there:`, ...places.map((place) => `  ${displayName(place)}`)]
    : [`${of} goes into ${places.map(displayName).join(', ')}`];
  if (deletions !== undefined) words.push(...deletionLines(deletions));
  for (const line of words) session.output.remark(line);
  const hint = inPlace
    ? 'See what it would do with --dry-run; then add --yes, or say where else the files go: --into FOLDER.'
    : 'See what it would do with --dry-run; then add --yes.';
  await requireYes(session, yes, [], 'Restore?', hint);
}

function deletionLines({ entries, bytes, first }: DeletionSummary): string[] {
  if (entries === 0) return ['Nothing is there that the snapshot does not have.'];
  const lines = [
    `${countText(entries, 'item')} (${sizeText(bytes)}) that the snapshot does not have will be deleted:`,
    ...first.map((path) => `  ${displayName(path)}`),
  ];
  if (entries > first.length)
    lines.push(`  and ${numberText(entries - first.length)} more: --dry-run --verbose lists all`);
  return lines;
}
