import type { Command } from 'commander';
import { each, once } from '../option-values.js';

/** The options that choose what of the live files a command looks at. */
export function addFilter(command: Command): void {
  command
    .option(
      '--exclude <pattern>',
      'leave out what fits, as in .gitignore; more than once for several',
      each('--exclude'),
    )
    .option('--exclude-file <file>', 'leave out what fits a pattern of this file', each('--exclude-file'))
    .option('--include <pattern>', 'take only what fits; more than once for several', each('--include'))
    .option('--exclude-larger-than <size>', 'leave out larger files: 10M, 1.5GiB', once('--exclude-larger-than'))
    .option('--exclude-smaller-than <size>', 'leave out smaller files', once('--exclude-smaller-than'))
    .option('--include-caches', 'take what is in folders marked by CACHEDIR.TAG')
    .option('--one-file-system', 'stay on the file system each source is on');
}
