import { CliError } from '../cli-error.js';

/** @throws CliError `USAGE` if there are more operands than the command takes. */
export function assertAtMost(command: string, operands: readonly string[], most: number): void {
  const surplus = operands[most];
  if (surplus === undefined) return;
  throw new CliError({ code: 'USAGE', message: `${command} does not know what to do with "${surplus}"` });
}

/** @throws CliError `USAGE` for an empty operand: most likely a variable that is not set, and it would mean the working folder. */
export function assertNoneEmpty(command: string, operands: readonly string[]): void {
  if (!operands.includes('')) return;
  throw new CliError({
    code: 'USAGE',
    message: `${command} is given an empty word`,
    hint: 'Is a variable not set? The working folder is called "."; what may be left out is left out without quotes.',
  });
}

/** The address after `--from`. @throws CliError `USAGE` without one. */
export function requireFrom(command: string, from: string | undefined): string {
  if (from !== undefined) return from;
  throw new CliError({
    code: 'USAGE',
    message: `${command} needs a target to read`,
    hint: 'Say where the snapshots are: --from ./backups, --from backup.zip or --from s3://bucket/prefix; or keep it in a config: holdfast init.',
  });
}
