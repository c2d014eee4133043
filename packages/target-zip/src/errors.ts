import { type ErrorPlace, operationFault, type SystemFault, systemTargetError } from '@holdfast/core/files';
import { isTargetError, TargetError, type TargetOperation } from '@holdfast/core/target';
import { FormatError } from './reader/format-error.js';
import { MediumError } from './writer/medium-error.js';

/** What an error of the system means in an operation of this target. Pure. */
export function faultOf(errno: string | undefined, operation: TargetOperation): SystemFault {
  return operationFault(errno, operation, 'the unfinished archive has vanished');
}

/**
 * Makes the one error of targets of what was caught: of an error of the system, of an archive that cannot be read, of a disk
 * that could not be written. What is none of these (an error of a source, a mistake in a program) stays the very same object.
 */
export function asTargetError(error: unknown, at: ErrorPlace): unknown {
  if (isTargetError(error)) return error;
  if (error instanceof FormatError) {
    const code = error.trouble === 'damaged' ? 'CORRUPT' : 'UNSUPPORTED';
    return new TargetError({ code, reason: error.message, hint: error.hint, ...at, cause: error.cause ?? error });
  }
  if (error instanceof MediumError) return systemTargetError(error.cause, at, faultOf);
  return at.operation === 'put' ? error : systemTargetError(error, at, faultOf);
}
