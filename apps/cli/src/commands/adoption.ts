import { displayName, isHoldfastError } from '@holdfast/core';
import type { Session } from '../session.js';

/**
 * Runs an operation that refuses a place which holds other content. With `--yes` the place is taken as it is; on a terminal
 * the user is asked, and the operation (which has done nothing yet) is run once more; in a script the refusal stands.
 */
export async function withAdoption<Result>(
  session: Session,
  yes: boolean,
  operation: (adoptPlace: boolean) => Promise<Result>,
): Promise<Result> {
  try {
    return await operation(yes);
  } catch (error) {
    if (yes || !isHoldfastError(error, 'TARGET_NOT_EMPTY')) throw error;
    const answer = await session.confirm(`${displayName(error.message)}. Keep snapshots beside what is there?`);
    if (answer !== true) throw error;
    return operation(true);
  }
}
