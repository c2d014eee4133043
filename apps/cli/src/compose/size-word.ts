import { CliError } from '../cli-error.js';

const SIZE = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])(i?b)?|b)?$/i;
const POWERS = ['k', 'm', 'g', 't'];

/**
 * Reads a size in bytes: `500`, `10M`, `1.5GiB`, `2GB`. `K`, `M`, `G`, `T` count in 1024, as do `KiB` and the like; `KB` and the
 * like count in 1000. Upper or lower case; part of a byte is dropped.
 *
 * @throws CliError `USAGE` for anything else.
 */
export function parseSize(option: string, word: string): number {
  const [, digits, unit, tail] = SIZE.exec(word) ?? [];
  const step = tail?.toLowerCase() === 'b' ? 1000 : 1024;
  const power = unit === undefined ? 0 : POWERS.indexOf(unit.toLowerCase()) + 1;
  const bytes = Math.floor(Number(digits) * step ** power);
  if (digits !== undefined && Number.isSafeInteger(bytes)) return bytes;
  throw new CliError({
    code: 'USAGE',
    message: `${option} takes a size, and "${word}" is none`,
    hint: 'Write it as 500, 10M, 1.5GiB or 2GB: K, M, G, T and KiB count in 1024, KB in 1000.',
  });
}
