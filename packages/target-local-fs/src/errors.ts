import { type ErrorPlace, operationFault, type SystemFault, systemTargetError } from '@holdfast/core/files';
import type { TargetOperation } from '@holdfast/core/target';

const WRITES: ReadonlySet<TargetOperation> = new Set(['put', 'copy', 'commit']);

/** What an error of the system means in an operation of this target. Pure. */
export function faultOf(errno: string | undefined, operation: TargetOperation): SystemFault {
  if (WRITES.has(operation) && (errno === 'ENOTDIR' || errno === 'ELOOP')) {
    return { code: 'INVALID_KEY', reason: 'an object or a link stands where the key needs a folder' };
  }
  return operationFault(errno, operation, 'what was staged has vanished');
}

/** Makes the one error of targets of what was caught. What is not of the system (a mistake in a program) stays as it is. */
export function asTargetError(error: unknown, at: ErrorPlace): unknown {
  return systemTargetError(error, at, faultOf);
}
