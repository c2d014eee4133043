import { CliError } from '../cli-error.js';

/**
 * Reads a part: `10%`, `2.5%`, `10`. Gives it as a number above 0 and at most 1.
 *
 * @throws CliError `USAGE` for anything else.
 */
export function parsePercent(option: string, word: string): number {
  const [, digits] = /^(\d+(?:\.\d+)?)\s*%?$/.exec(word) ?? [];
  const part = Number(digits) / 100;
  if (part > 0 && part <= 1) return part;
  throw new CliError({
    code: 'USAGE',
    message: `${option} takes a part of all files, and "${word}" is none`,
    hint: 'Write it as 10% or 0.5%: above 0, and at most 100%.',
  });
}
