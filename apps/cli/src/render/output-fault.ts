import { getSystemErrorMap } from 'node:util';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-status.js';

/** Why one of the two cannot be written. */
export interface OutputFault {
  readonly stream: 'stdout' | 'stderr';
  readonly error: NodeJS.ErrnoException;
}

/** The error of a command whose output could not be written. `kept` says what it has done all the same. */
export function outputError({ stream, error }: OutputFault, kept: string): CliError {
  const words = error.errno === undefined ? undefined : getSystemErrorMap().get(error.errno)?.[1];
  return new CliError({
    code: 'OUTPUT',
    message: `${stream} cannot be written: ${words ?? error.message}`,
    hint: `${kept} Send the output to a place that has room.`,
    exitStatus: EXIT.failed,
  });
}
