import { displayName, type RestoreQuestion } from '@holdfast/core';
import { recordedTimeText } from '../render/quantities.js';
import type { Session } from '../session.js';
import { requireYes } from './require-yes.js';

/** Shows where a restore in place writes, and asks. `--yes` has answered already. @throws CliError `NOT_CONFIRMED`. */
export async function confirmRestore(session: Session, question: RestoreQuestion, yes: boolean): Promise<void> {
  const { record, places, snapshotId } = question;
  const words = [
    `Snapshot ${snapshotId} of ${recordedTimeText(record.payload.createdAt)} goes back in place, over what differs there:`,
    ...places.map((place) => `  ${displayName(place)}`),
  ];
  for (const line of words) session.output.remark(line);
  const hint = 'See what it would do with --dry-run; then add --yes, or say where else the files go: --into FOLDER.';
  await requireYes(session, yes, [], 'Restore?', hint);
}
