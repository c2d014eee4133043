import { CliError } from '../cli-error.js';

/** Where in a text something stands; both count from 1, columns in UTF-16 units as editors do. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with a config. */
export interface ConfigFault {
  readonly position: TextPosition;
  /** What is wrong, one sentence without a full stop, the member's path in front. */
  readonly message: string;
  /** What would be right. */
  readonly hint?: string | undefined;
}

/** The error of a config that cannot be used: the first fault in full, the places of the others in the hint. */
export function configError(path: string, faults: readonly ConfigFault[]): CliError {
  const [first = { position: { line: 1, column: 1 }, message: 'cannot be used' }, ...others] = faults;
  const at = ({ line, column }: TextPosition): string => `${path}:${line}:${column}`;
  const hints = first.hint === undefined ? [] : [first.hint];
  for (const { position, message } of others) hints.push(`Also ${at(position)}: ${message}.`);
  return new CliError({
    code: 'CONFIG',
    message: `${at(first.position)}: ${first.message}`,
    hint: hints.length === 0 ? undefined : hints.join(' '),
  });
}
