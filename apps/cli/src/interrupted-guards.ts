import { displayName, type LeftGuard, leftGuards, stateDirectory } from '@holdfast/core';
import type { Output } from './render/output.js';

/** Says of each guarded run that did not come to its end that what it guarded may be half changed. */
export function announceInterruptedGuards(output: Output): void {
  let left: readonly LeftGuard[] = [];
  try {
    left = leftGuards(stateDirectory());
  } catch {
    // As for restores: a command that needs the state says what is wrong with it.
  }
  for (const guard of left) if (guard.state !== 'kept') output.warning(announcement(guard));
}

function announcement(left: LeftGuard): string {
  const where = left.sources.map(({ path }) => displayName(path)).join(', ');
  return `holdfast: ${guardedWhat(left)} ${howItStopped(left)}, so ${where} may be half changed: "holdfast guard --roll-back ${left.id}" takes it back, "holdfast guard --dismiss ${left.id}" leaves it so`;
}

/** `a guarded run of "make"`. */
export function guardedWhat({ action }: LeftGuard): string {
  return action === undefined ? 'a guarded run' : `a guarded run of "${displayName(action)}"`;
}

/** `was interrupted`, or what it could not do. */
export function howItStopped({ state, phase }: LeftGuard): string {
  if (state === 'notRolledBack') return 'could not be rolled back';
  if (state === 'kept') return 'failed';
  return phase === 'rollingBack' ? 'was interrupted while it was rolled back' : 'was interrupted';
}
