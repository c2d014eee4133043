import { displayName, undoRemoval } from '@holdfast/core';
import { EXIT } from '../exit-status.js';
import type { CommandResult } from '../render/output.js';
import { countText, recordedTimeText } from '../render/quantities.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { assertAtMost, requireFrom } from './operands.js';

/** Options of `holdfast undo`. */
export interface UndoFlags extends CommonFlags {
  readonly from?: string;
}

/** `holdfast undo --from TARGET`: what was removed last is there again; again removes it again. */
export async function run(session: Session, operands: readonly string[], flags: UndoFlags): Promise<CommandResult> {
  assertAtMost('undo', operands, 0);
  const from = requireFrom('undo', flags.from);
  const target = await session.open(from);
  session.whenStopped(() => 'The same command goes on from there.');
  const summary = await undoRemoval({ target, signal: session.signal, onEvent: session.output.onEvent });
  const { action, at, snapshots, pruned } = summary;
  const count = countText(snapshots.length, 'snapshot');
  const time = recordedTimeText(at);
  const heading =
    action === 'bringBack'
      ? `Brought back ${count} to ${displayName(from)}, removed at ${time}`
      : `Removed ${count} from ${displayName(from)} again, brought back at ${time}`;
  const late = pruned.map((id) => session.output.colours.yellow(`  ${id}  cannot be brought back: a prune has it`));
  return {
    exitStatus: pruned.length === 0 ? EXIT.done : EXIT.partial,
    lines: [heading, ...snapshots.map((id) => `  ${id}`), ...late],
    members: { action, at, snapshotIds: snapshots, prunedIds: pruned },
  };
}
