import { displayName, newestRemoval, removalOf, type UndoableRemoval, undoRemoval } from '@holdfast/core';
import { EXIT } from '../exit-status.js';
import type { CommandResult } from '../render/output.js';
import { countText, recordedTimeText } from '../render/quantities.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { assertAtMost, assertNoneEmpty, requireFrom } from './operands.js';
import { requireYes } from './require-yes.js';

/** Options of `holdfast undo`. */
export interface UndoFlags extends CommonFlags {
  readonly from?: string;
  readonly yes?: true;
}

/** `holdfast undo [ID] --from TARGET`: what was removed last, or the one named, is there again; again removes it again. */
export async function run(session: Session, operands: readonly string[], flags: UndoFlags): Promise<CommandResult> {
  assertAtMost('undo', operands, 1);
  assertNoneEmpty('undo', operands);
  const from = requireFrom('undo', flags.from);
  const target = await session.open(from);
  const { signal, output } = session;
  const [which] = operands;
  const planned =
    which === undefined ? await newestRemoval(target, { signal }) : await removalOf(target, which, { signal });
  if (planned?.action === 'removeAgain')
    await requireYes(session, flags.yes === true, redoLines(planned, from), REMOVE);
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
