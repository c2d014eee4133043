import { CliError } from '../cli-error.js';

const TIME = /^(\d+(?:\.\d+)?)\s*([smh]?)$/;
const SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600 };
/** What a timer of Node takes at most, 2^31 - 1 milliseconds: nearly 25 days. */
const MAX_MS = 2 ** 31 - 1;

/**
 * Reads a span of time in milliseconds: `90`, `90s`, `10m`, `1.5h`.
 *
 * @throws CliError `USAGE` for anything else, and for none at all.
 */
export function parseTime(option: string, word: string): number {
  const [, digits, unit = ''] = TIME.exec(word) ?? [];
  const milliseconds = Math.round(Number(digits) * (SECONDS[unit] ?? Number.NaN) * 1000);
  if (digits !== undefined && milliseconds > 0 && milliseconds <= MAX_MS) return milliseconds;
  throw new CliError({
    code: 'USAGE',
    message: `${option} takes a time, and "${word}" is none`,
    hint: 'Write it as 90s, 10m or 2h, up to 500h.',
  });
}
