import { type LiveOptions, stateDirectory } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { type FilterFlags, filterOf } from './filter.js';

/** The options that say what the live files are. */
export interface LiveFlags extends FilterFlags {
  readonly source?: readonly string[];
}

/** Does a command that is given these say anything of the live files? */
export function saysLive(flags: LiveFlags): boolean {
  return flags.source !== undefined || Object.values(filterOf(flags)).some((rule) => rule !== undefined);
}

/**
 * Where the live files of a snapshot's sources are, and what of them counts beside the rules that the snapshot was taken by.
 *
 * @throws CliError `USAGE` for `--source` without a name or a path, or with a name twice.
 */
export function liveFiles(flags: LiveFlags): LiveOptions {
  return { stateDirectory: stateDirectory(), places: placesOf(flags.source ?? []), filter: filterOf(flags) };
}

function placesOf(words: readonly string[]): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const word of words) {
    const end = word.indexOf('=');
    const [name, path] = [word.slice(0, end), word.slice(end + 1)];
    if (end < 1 || path === '' || places.has(name)) {
      throw new CliError({
        code: 'USAGE',
        message: `--source takes NAME=PATH, each name once, and not "${word}"`,
        hint: '"holdfast show ID" lists the names of a snapshot\'s sources.',
      });
    }
    places.set(name, path);
  }
  return places;
}
