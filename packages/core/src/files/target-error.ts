import { isTargetError, TargetError, type TargetOperation } from '../target/index.js';
import { errorCode } from './node-error.js';
import { type SystemFault, systemFault } from './system-error.js';

const OPENS: ReadonlySet<TargetOperation> = new Set(['open', 'begin']);
const WRITES: ReadonlySet<TargetOperation> = new Set(['put', 'copy', 'commit']);

/**
 * What an error of the system means in an operation of a target on a real file system. Pure. Most mean the same everywhere; a
 * path that is not there means something else for what was staged than for what is read, and for the place than for a key.
 *
 * @param vanished what to say when the batch's own unfinished work is not there any more.
 */
export function operationFault(errno: string | undefined, operation: TargetOperation, vanished: string): SystemFault {
  if (OPENS.has(operation) && (errno === 'ENOTDIR' || errno === 'EEXIST' || errno === 'ELOOP')) {
    return {
      code: 'MISCONFIGURED',
      reason: 'something else than a folder stands in the path',
      hint: 'Name a folder, or a place where one can be made.',
    };
  }
  if (OPENS.has(operation) && (errno === 'EINVAL' || errno === 'ENAMETOOLONG' || errno === 'EILSEQ')) {
    return { code: 'MISCONFIGURED', reason: 'the path is too long, or no path here' };
  }
  if (WRITES.has(operation) && errno === 'ENOENT') {
    return {
      code: 'ABORTED',
      reason: vanished,
      hint: 'Something removed it, or this machine slept for so long that another one took the batch for dead. Start again.',
    };
  }
  return systemFault(errno);
}

/** Where an error arose. */
export interface ErrorPlace {
  readonly url: string;
  readonly operation: TargetOperation;
  readonly key?: string | undefined;
}

/**
 * Makes the one error of targets of an error of the system, by the adapter's `faultOf`. What is not of the system (an error of
 * a source, a mistake in a program) and what is a target's error already stays the very same object.
 */
export function systemTargetError(
  error: unknown,
  at: ErrorPlace,
  faultOf: (errno: string, operation: TargetOperation) => SystemFault,
): unknown {
  if (isTargetError(error)) return error;
  const errno = errorCode(error);
  if (errno === undefined || errno.startsWith('ERR_')) return error;
  return new TargetError({ ...faultOf(errno, at.operation), ...at, cause: error });
}
