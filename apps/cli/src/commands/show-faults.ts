import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-status.js';

/** The error of a file of which there is nothing to say but its bytes. */
export function nothingToSay(path: string): CliError {
  return new CliError({
    code: 'USAGE',
    message: `--facts is for workbooks and arrays, and "${path}" has not the name of one`,
    hint: 'Without --facts its content is printed, with --verbose its size and checksum.',
  });
}

/** The error of a path that chooses nothing. */
export function nothingUnder(path: string): CliError {
  return new CliError({
    code: 'PATH_NOT_FOUND',
    message: `the snapshot holds nothing under "${path}"`,
    hint: 'Paths count from the top of the snapshot; "holdfast show ID" lists them all, "holdfast find NAME" searches every snapshot.',
    exitStatus: EXIT.failed,
  });
}

/** The error of a path that more than one file looks like. */
export function looksLikeSeveral(path: string): CliError {
  return new CliError({
    code: 'PATH_AMBIGUOUS',
    message: `the names of several files of the snapshot look like "${path}": they hold bytes that are no text, or are composed in different ways`,
    hint: 'Nothing was printed: restore the folder they are in with --into, and take the one that is meant there; --json shows their bytes.',
    exitStatus: EXIT.failed,
  });
}
