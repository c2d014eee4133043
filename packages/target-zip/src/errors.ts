import { errorCode, type SystemFault, systemFault } from '@holdfast/core/files';
import { isTargetError, TargetError, type TargetOperation } from '@holdfast/core/target';
import { FormatError } from './reader/format-error.js';
import { MediumError } from './writer/medium-error.js';

const OPENS: ReadonlySet<TargetOperation> = new Set(['open', 'begin']);
const WRITES: ReadonlySet<TargetOperation> = new Set(['put', 'commit']);

/** What an error of the system means in an operation of this target. Pure. */
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
      reason: 'the unfinished archive has vanished',
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
 * Makes the one error of targets of what was caught: of an error of the system, of an archive that cannot be read, of a disk
 * that could not be written. What is none of these (an error of a source, a mistake in a program) stays the very same object.
 */
export function asTargetError(error: unknown, at: ErrorPlace): unknown {
  if (isTargetError(error)) return error;
  if (error instanceof FormatError) {
    const code = error.trouble === 'damaged' ? 'CORRUPT' : 'UNSUPPORTED';
    return new TargetError({ code, reason: error.message, hint: error.hint, ...at, cause: error.cause ?? error });
  }
  if (error instanceof MediumError) return systemError(error.cause, at);
  return at.operation === 'put' ? error : systemError(error, at);
}

function systemError(error: unknown, at: ErrorPlace): unknown {
  const errno = errorCode(error);
  if (errno === undefined || errno.startsWith('ERR_')) return error;
  return new TargetError({ ...faultOf(errno, at.operation), ...at, cause: error });
}
