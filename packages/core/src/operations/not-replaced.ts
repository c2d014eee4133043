import { HoldfastError } from '../holdfast-error.js';
import { displayName } from '../snapshot/display-name.js';
import type { BackupTarget } from '../target/index.js';
import type { Trouble } from './options.js';

/** So many problems are named: whoever sees the error alone shall know what it is about. */
const NAMED = 3;

/** Why what stands in a place is kept: what was to come there instead is not whole. */
export function notReplaced(target: BackupTarget, { problems, problemCount }: Trouble): HoldfastError {
  const named = problems.slice(0, NAMED).map(({ path, message }) => `${displayName(path)}: ${message}`);
  const more = problemCount > named.length ? `; and ${problemCount - named.length} more` : '';
  return new HoldfastError({
    code: 'NOT_REPLACED',
    message: `${target.url} is kept as it was, for what was to replace it is not all of it: ${named.join('; ')}${more}`,
    hint: '--even-incomplete replaces it all the same; without --replace, another name keeps both.',
  });
}
