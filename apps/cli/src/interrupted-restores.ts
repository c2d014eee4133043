import {
  displayName,
  type InterruptedRestore,
  interruptedRestores,
  stateDirectory,
  type UndoableRestore,
  undoableRestores,
} from '@holdfast/core';
import type { Output } from './render/output.js';
import { shellWord } from './render/shell-word.js';

/** Says of each restore in place that did not come to its end that its places are a mix of what was and what was to be. */
export function announceInterruptedRestores(output: Output): void {
  let interrupted: readonly InterruptedRestore[] = [];
  let undoable: readonly UndoableRestore[] = [];
  try {
    interrupted = interruptedRestores(stateDirectory());
    undoable = undoableRestores(stateDirectory());
  } catch {
    // Who has no readable state has restored nothing in place; a command that needs the state says what is wrong with it.
  }
  for (const restore of interrupted) output.warning(announcement(restore, undoOf(restore, undoable)));
  for (const undo of undoable) if (undo.goesOn) output.warning(undoAnnouncement(undo));
}

function undoAnnouncement({ id, snapshotId, places }: UndoableRestore): string {
  const where = places.map(displayName).join(', ');
  return `holdfast: an undo of a restore of ${snapshotId} did not come to its end, so what is in ${where} is a mix: "holdfast undo ${id}" goes on with it, "holdfast restore --dismiss" leaves it so`;
}

/** What takes an interrupted restore back, where what it replaced is kept. */
function undoOf(
  { snapshotId, places }: InterruptedRestore,
  undoable: readonly UndoableRestore[],
): UndoableRestore | undefined {
  return undoable.findLast(
    (one) =>
      one.kind === 'restore' &&
      !one.goesOn &&
      one.snapshotId === snapshotId &&
      JSON.stringify(one.places) === JSON.stringify(places),
  );
}

function announcement(restore: InterruptedRestore, undo: UndoableRestore | undefined): string {
  const { snapshotId, places, patterns, exclude, deletes, evenIncomplete = false, target } = restore;
  const where = places.map(displayName).join(', ');
  const words = [
    'restore',
    snapshotId,
    ...patterns,
    '--from',
    target,
    ...exclude.flatMap((rule) => ['--exclude', rule]),
    ...(deletes ? ['--delete'] : []),
    ...(evenIncomplete ? ['--even-incomplete'] : []),
  ].map(shellWord);
  const again = `holdfast ${words.join(' ')}`;
  return `holdfast: a restore of ${snapshotId} in place ${howItEnded(restore)}, so what is in ${where} is a mix: "${again}" finishes it,${undo === undefined ? '' : ` "holdfast undo ${undo.id}" takes it back,`} "holdfast restore --dismiss" leaves it so`;
}

/** `was interrupted`, or what it could not do. */
export function howItEnded({ missed = false }: InterruptedRestore): string {
  return missed ? 'could not do all it was to do' : 'was interrupted';
}
