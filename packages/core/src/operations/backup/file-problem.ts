import type { Problem } from '../../events/index.js';
import { errorCode } from '../../files/index.js';
import { NoLongerAFile, readProblem } from '../../source/index.js';
import { isTargetError } from '../../target/index.js';
import type { PlannedEntry } from './backup-entries.js';

/** What an error while reading makes of the file. Errors that are not the source's go on. */
export function fileProblem(planned: PlannedEntry, error: unknown): Problem {
  const path = planned.walked.pathBytes.toString('utf8');
  if (error instanceof NoLongerAFile || errorCode(error) === 'ELOOP') {
    return { code: 'VANISHED', path, message: 'something else took its place while it was to be read', cause: error };
  }
  if (isTargetError(error) || errorCode(error) === undefined) throw error;
  return readProblem(planned.walked.pathBytes, error, 'it could not be read').problem;
}
