import { type BackupTarget, displayName, type UndoableRemoval, undoRemoval } from '@holdfast/core';
import { EXIT } from '../exit-status.js';
import type { CommandResult } from '../render/output.js';
import { countText, recordedTimeText } from '../render/quantities.js';
import type { Session } from '../session.js';
import { requireYes } from './require-yes.js';

/** Takes back a removal; asks before it removes again what was brought back. */
export async function undoOfRemoval(
  session: Session,
  { target, from, planned, yes }: { target: BackupTarget; from: string; planned: UndoableRemoval; yes: boolean },
): Promise<CommandResult> {
  const { signal, output } = session;
  if (planned.action === 'removeAgain') await requireYes(session, yes, redoLines(planned, from), REMOVE);
  session.whenStopped(() => 'The same command goes on from there.');
  const summary = await undoRemoval({ target, planned, signal, onEvent: output.onEvent });
  const { action, at, snapshots, pruned } = summary;
  const count = countText(snapshots.length, 'snapshot');
  const time = recordedTimeText(at);
  const heading =
    action === 'bringBack'
      ? `Brought back ${count} to ${displayName(from)}, removed at ${time}`
      : `Removed ${count} from ${displayName(from)} again, brought back at ${time}`;
  const late = pruned.map((id) => output.colours.yellow(`  ${id}  cannot be brought back: a prune has it`));
  return {
    exitStatus: pruned.length === 0 ? EXIT.done : EXIT.partial,
    lines: [heading, ...snapshots.map((id) => `  ${id}`), ...late],
    members: { action, at, snapshotIds: snapshots, prunedIds: pruned },
  };
}

const REMOVE = 'The last thing done here was to bring this back. Remove it again?';

function redoLines({ ids, at }: UndoableRemoval, from: string): string[] {
  const heading = `${countText(ids.length, 'snapshot')} of ${displayName(from)}, brought back at ${recordedTimeText(at)}:`;
  return [heading, ...ids.map((id) => `  ${id}`)];
}
