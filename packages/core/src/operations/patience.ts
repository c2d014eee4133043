import { isTargetError, type TargetErrorCode } from '../target/index.js';

/** Errors that may concern one stored object alone (a bad sector, a wrong right), or the whole store. */
const DOUBTFUL: ReadonlySet<TargetErrorCode> = new Set(['UNAVAILABLE', 'THROTTLED', 'ACCESS_DENIED']);

/** So many objects in a row that could not be read, and the store itself is taken to be out of reach. */
const MAX_IN_A_ROW = 8;

/** Tells a stored file that cannot be read from a store that cannot be reached: one bad sector must not cost all other files. */
export class Patience {
  #failures = 0;

  /** Something could be read. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** Why this file could not be read, if others may still be. @throws the error where it concerns more than this file. */
  reasonToGoOn(error: unknown): string {
    this.#failures += 1;
    if (!isTargetError(error) || !DOUBTFUL.has(error.code) || this.#failures > MAX_IN_A_ROW) throw error;
    return error.reason;
  }
}
