import { isHoldfastError } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { shellWord } from '../render/shell-word.js';

/** What a path or a pattern has, and an id hardly. */
const PATTERN_LIKE = /[/*?[.]/;

/**
 * Runs an operation on the snapshot that the first operand names. Where there is none, and the word looks like a path or a
 * pattern, the error says how to give one.
 *
 * @throws CliError `USAGE`; whatever the operation throws.
 */
export async function withPatternHint<Result>(
  command: string,
  which: string | undefined,
  operation: () => Promise<Result>,
): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    if (which === undefined || !PATTERN_LIKE.test(which) || !isHoldfastError(error, 'SNAPSHOT_NOT_FOUND')) throw error;
    throw new CliError({
      code: 'USAGE',
      message: `"${which}" is no snapshot: the first word of ${command} names one`,
      hint: `For files of the newest one: holdfast ${command} latest ${command === 'export' ? 'FILE.zip ' : ''}${shellWord(which)} …`,
    });
  }
}
