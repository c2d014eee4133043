import { displayName, newestRemoval, stateDirectory, type UndoableRestore, undoableRestores } from '@holdfast/core';
import { EXIT } from '../exit-status.js';
import type { CommandResult, ListedItem } from '../render/output.js';
import { countText, recordedTimeText, sizeText } from '../render/quantities.js';
import { whatItWas } from '../render/summary/undo-summary.js';
import type { Session } from '../session.js';
import { assertAtMost } from './operands.js';

/** `holdfast undo --list`: the restores on this machine that can be undone, oldest first; with a target also its last removal. */
export async function listUndoable(
  session: Session,
  operands: readonly string[],
  from: string | undefined,
): Promise<CommandResult> {
  assertAtMost('undo --list', operands, 0);
  const { output, signal } = session;
  const restores = undoableRestores(stateDirectory());
  for (const restore of restores) await output.item(restoreItem(restore));
  const lines = [
    restores.length === 0 ? 'No restore on this machine can be undone.' : countText(restores.length, 'restore'),
  ];
  const removal = from === undefined ? undefined : await newestRemoval(await session.open(from), { signal });
  if (removal !== undefined && from !== undefined) {
    const what = removal.action === 'bringBack' ? 'removed' : 'brought back';
    const count = countText(removal.ids.length, 'snapshot');
    lines.push(
      `${count} of ${displayName(from)}, ${what} at ${recordedTimeText(removal.at)}: "holdfast list --removed" lists all`,
    );
  }
  return { exitStatus: EXIT.done, lines, members: { command: 'undo --list', restores: restores.length } };
}

function restoreItem(restore: UndoableRestore): ListedItem {
  const { id, kind, at, snapshotId, target, places, entries, bytes, isInterrupted, goesOn } = restore;
  const state = goesOn ? ', its undo was interrupted' : isInterrupted ? ', interrupted' : '';
  const what = `${whatItWas(restore)}${state}: ${countText(entries, 'item')}, ${sizeText(bytes)} kept`;
  return {
    text: `${id}  ${recordedTimeText(at)}  ${what}\n    ${places.map(displayName).join(', ')}`,
    json: {
      type: 'undoable',
      id,
      kind,
      at,
      snapshotId,
      target,
      places,
      entries,
      bytes,
      interrupted: isInterrupted || goesOn,
    },
  };
}
