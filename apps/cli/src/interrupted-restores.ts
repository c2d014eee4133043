import {
  displayName,
  type InterruptedRestore,
  interruptedRestores,
  interruptedUndos,
  stateDirectory,
  type UndoableRestore,
} from '@holdfast/core';
import type { Output } from './render/output.js';
import { shellWord } from './render/shell-word.js';

/** Says of each restore in place that did not come to its end that its places are a mix of what was and what was to be. */
export function announceInterruptedRestores(output: Output): void {
  let interrupted: readonly InterruptedRestore[] = [];
  let undos: readonly UndoableRestore[] = [];
  try {
    interrupted = interruptedRestores(stateDirectory());
    undos = interruptedUndos(stateDirectory());
  } catch {
    // Who has no readable state has restored nothing in place; a command that needs the state says what is wrong with it.
  }
  for (const restore of interrupted) output.warning(announcement(restore));
  for (const undo of undos) output.warning(undoAnnouncement(undo));
}

function undoAnnouncement({ id, snapshotId, places }: UndoableRestore): string {
  const where = places.map(displayName).join(', ');
  return `holdfast: an undo of a restore of ${snapshotId} did not come to its end, so what is in ${where} is a mix: "holdfast undo ${id}" goes on with it, "holdfast restore --dismiss" leaves it so`;
}

function announcement(restore: InterruptedRestore): string {
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
  return `holdfast: a restore of ${snapshotId} in place ${howItEnded(restore)}, so what is in ${where} is a mix: "${again}" finishes it, "holdfast restore --dismiss" leaves it so`;
}

/** `was interrupted`, or what it could not do. */
export function howItEnded({ missed = false }: InterruptedRestore): string {
  return missed ? 'could not do all it was to do' : 'was interrupted';
}
