import { CliError } from '../cli-error.js';

/** @throws CliError `USAGE` if there are more operands than the command takes. */
export function assertAtMost(command: string, operands: readonly string[], most: number): void {
  const surplus = operands[most];
  if (surplus === undefined) return;
  throw new CliError({ code: 'USAGE', message: `${command} does not know what to do with "${surplus}"` });
}

/** The address after `--from`. @throws CliError `USAGE` without one. */
export function requireFrom(command: string, from: string | undefined): string {
  if (from !== undefined) return from;
  throw new CliError({
    code: 'USAGE',
    message: `${command} needs a target to read`,
    hint: 'Say where the snapshots are: --from ./backups, --from backup.zip or --from s3://bucket/prefix.',
  });
}
