import { lstatSync } from 'node:fs';
import type { SourceSpec } from '@holdfast/core';
import { CliError } from '../cli-error.js';

/** A name is one folder of a snapshot: no `/`, no `\`, and it ends at the first `=`. */
const NAMED = /^([^=/\\]+)=(.*)$/s;

/**
 * Reads `PATH` or `NAME=PATH`. A path that exists as written is a path, even if it holds `=`.
 *
 * @throws CliError `USAGE` for `NAME=` without a path: it would mean the working folder; for a name that is not UTF-8, for which Node gives U+FFFD
 */
export function parseSource(word: string, exists: (path: string) => boolean = existsHere): SourceSpec {
  const match = exists(word) ? null : NAMED.exec(word);
  if (match === null) return { path: word };
  const [, name = '', path = ''] = match;
  if (path === '') {
    throw new CliError({
      code: 'USAGE',
      message: `the source "${word}" has a name and no path`,
      hint: 'Is a variable not set? The working folder is called ".".',
    });
  }
  if (name.includes('\ufffd')) {
    throw new CliError({
      code: 'USAGE',
      message: `the name of the source "${word}" holds bytes that are not UTF-8`,
      hint: 'Give it another name.',
    });
  }
  return { name, path };
}

function existsHere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
