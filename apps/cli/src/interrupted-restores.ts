import { displayName, type InterruptedRestore, interruptedRestores } from '@holdfast/core';
import { stateDirectory } from './compose/state-directory.js';
import type { Output } from './render/output.js';
import { shellWord } from './render/shell-word.js';

/** Says of each restore in place that did not come to its end that its places are a mix of what was and what was to be. */
export function announceInterruptedRestores(output: Output): void {
  let interrupted: readonly InterruptedRestore[] = [];
  try {
    interrupted = interruptedRestores(stateDirectory());
  } catch {
    // Who has no readable state has restored nothing in place; a command that needs the state says what is wrong with it.
  }
  for (const restore of interrupted) output.warning(announcement(restore));
}

function announcement({ snapshotId, places, patterns, exclude, deletes, target }: InterruptedRestore): string {
  const where = places.map(displayName).join(', ');
  const words = [
    'restore',
    snapshotId,
    ...patterns,
    '--from',
    target,
    ...exclude.flatMap((rule) => ['--exclude', rule]),
    ...(deletes ? ['--delete'] : []),
  ].map(shellWord);
  const again = `holdfast ${words.join(' ')}`;
  return `holdfast: a restore of ${snapshotId} in place was interrupted, so what is in ${where} is a mix: "${again}" finishes it, "holdfast restore --dismiss" leaves it so`;
}
