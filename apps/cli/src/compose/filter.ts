import type { FilterSpec } from '@holdfast/core';
import { parseSize } from './size-word.js';

/** The options of `backup` that choose what is taken. */
export interface FilterFlags {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly excludeFile?: readonly string[];
  readonly includeCaches?: true;
  readonly oneFileSystem?: true;
  readonly excludeLargerThan?: string;
  readonly excludeSmallerThan?: string;
}

/**
 * What the options choose, the same for every source.
 *
 * @throws CliError `USAGE` for a size that is none.
 */
export function filterOf(flags: FilterFlags): FilterSpec {
  const { excludeLargerThan: larger, excludeSmallerThan: smaller } = flags;
  return {
    include: flags.include,
    exclude: flags.exclude,
    excludeFiles: flags.excludeFile,
    takeCaches: flags.includeCaches,
    oneFileSystem: flags.oneFileSystem,
    excludeLargerThanBytes: larger === undefined ? undefined : parseSize('--exclude-larger-than', larger),
    excludeSmallerThanBytes: smaller === undefined ? undefined : parseSize('--exclude-smaller-than', smaller),
  };
}
