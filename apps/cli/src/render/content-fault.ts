import type { EntryContent } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-status.js';

/** The error of a command that needs what is in a file, and cannot have it. */
export function contentUnreadable(file: string, { fault }: Pick<EntryContent, 'fault'>): CliError {
  return new CliError({
    code: 'CONTENT_UNREADABLE',
    message: `${file} cannot be read: ${fault?.message ?? 'nobody has said why'}`,
    hint:
      fault?.code === 'ENCRYPTED'
        ? 'Take the password off in the program that made it.'
        : 'Try to open it with the program that made it; "holdfast history NAME" lists the versions that snapshots hold.',
    exitStatus: EXIT.failed,
  });
}
