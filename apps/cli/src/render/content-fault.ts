import type { Inspection } from '@holdfast/core/inspect';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-status.js';

/** The error of a command that needs what is in a file, and cannot have it. */
export function contentUnreadable(
  file: string,
  { fault }: Exclude<Inspection, { readonly status: 'sound' }>,
): CliError {
  return new CliError({
    code: 'CONTENT_UNREADABLE',
    message: `${file} cannot be read: ${fault.message}`,
    hint:
      fault.code === 'ENCRYPTED'
        ? 'Take the password off in the program that made it.'
        : 'Try to open it with the program that made it; "holdfast find NAME" lists the versions that snapshots hold.',
    exitStatus: EXIT.failed,
  });
}
