import { HoldfastError } from '../../holdfast-error.js';
import { reasonOf } from '../../source/index.js';

/**
 * An error of the system met while something was to be kept, as what it means: nothing was changed. Any other error is given back as it is.
 *
 * @param what what was to be kept: it begins the message
 */
export function cannotKeep(stateDirectory: string, what: string, hint: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('syscall' in cause)) return cause;
  return new HoldfastError({
    code: 'STATE',
    message: `${what} cannot be kept in the state folder ${stateDirectory}: ${reasonOf(cause)}; nothing was changed`,
    hint,
    cause,
  });
}
