import { errorCode, type SystemFault, systemFault } from '@holdfast/core/files';
import { isTargetError, TargetError, type TargetOperation } from '@holdfast/core/target';

const WRITES: ReadonlySet<TargetOperation> = new Set(['put', 'copy', 'commit']);
const OPENS: ReadonlySet<TargetOperation> = new Set(['open', 'begin']);

/**
 * What an error of the system means in an operation of this target. Pure. Most mean the same everywhere; a path that is not
 * there means something else for what was staged than for what is read, and for the root than for a key.
 */
export function faultOf(errno: string | undefined, operation: TargetOperation): SystemFault {
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
      reason: 'what was staged has vanished',
      hint: 'Something removed it, or this machine slept for so long that another one took the batch for dead. Start again.',
    };
  }
  if (WRITES.has(operation) && (errno === 'ENOTDIR' || errno === 'ELOOP')) {
    return { code: 'INVALID_KEY', reason: 'an object or a link stands where the key needs a folder' };
  }
  return systemFault(errno);
}

/** Where an error arose. */
export interface ErrorPlace {
  readonly url: string;
  readonly operation: TargetOperation;
  readonly key?: string | undefined;
}

/** Makes the one error of targets of what was caught. What is not of the system (a mistake in a program) stays as it is. */
export function asTargetError(error: unknown, at: ErrorPlace): unknown {
  if (isTargetError(error)) return error;
  const errno = errorCode(error);
  if (errno === undefined || errno.startsWith('ERR_')) return error;
  return new TargetError({ ...faultOf(errno, at.operation), ...at, cause: error });
}
