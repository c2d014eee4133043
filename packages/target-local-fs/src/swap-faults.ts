import type { TargetError, TargetOperation } from '@holdfast/core/target';
import { fault, type Place } from './place.js';

/** Files that are nobody's stand where the new root is to come. */
export function foreignInTheWay(place: Place, operation: TargetOperation, name: string): TargetError {
  return fault(place, 'ALREADY_EXISTS', `the folder holds other things ("${name}")`, operation, undefined, {
    hint: 'Name an empty or a new folder, or move them away.',
  });
}

/** The root that was to be replaced is not the one that stands there now. */
export function replacedMeanwhile(place: Place, operation: TargetOperation): TargetError {
  return fault(place, 'ALREADY_EXISTS', 'another snapshot has come there meanwhile', operation, undefined, {
    hint: 'Do it again: it then begins with what is there now.',
  });
}

/** One root stands there, and was not to be replaced. */
export function rootStands(place: Place, operation: TargetOperation, root: string): TargetError {
  return fault(place, 'ALREADY_EXISTS', 'the folder is one snapshot, and holds no other', operation, root, {
    hint: 'Name another folder, or open this one with "replace".',
  });
}

/** What was written before anything was moved is not what is read: nobody knows what is to go where. */
export function planDamaged(place: Place, operation: TargetOperation): TargetError {
  const reason = 'the plan of a replacement that was broken off is damaged';
  return fault(place, 'CORRUPT', reason, operation, undefined, {
    hint: 'What stood there lies in .holdfast/swap/previous of the folder as far as it was moved, what was to come in .holdfast/swap/next.',
  });
}

/** Another process took this one for dead, and has gone on in its place. */
export function takenOver(place: Place, operation: TargetOperation): TargetError {
  return fault(place, 'ABORTED', 'another process has taken the replacement over', operation);
}
