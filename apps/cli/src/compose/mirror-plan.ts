import { CliError } from '../cli-error.js';
import type { Session } from '../session.js';

/** The two targets of one mirror, as the user calls them. */
export interface MirrorEnds {
  readonly from: string;
  readonly to: string;
}

/**
 * What `mirror` copies: from the first word to the second, or, without words, every mirror of the config.
 *
 * @throws CliError `USAGE`, `CONFIG`, `CONFIG_REFUSED`
 */
export async function mirrorPlan(session: Session, operands: readonly string[]): Promise<readonly MirrorEnds[]> {
  const [from, to] = operands;
  if (from !== undefined && to !== undefined) return [{ from, to }];
  const config = from === undefined ? await session.config() : undefined;
  if (config !== undefined && config.mirrors.length > 0) return config.mirrors;
  const example = 'For example: holdfast mirror ./backups s3://bucket/prefix';
  throw new CliError({
    code: 'USAGE',
    message: 'mirror needs two targets: where the snapshots are, and where they shall be as well',
    hint: config === undefined ? `${example}.` : `${example}; ${config.path} has no mirrors.`,
  });
}
