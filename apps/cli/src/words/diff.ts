import { each } from '../option-values.js';
import { addFrom, type CommandWords, ID_WORDS } from './command-words.js';
import { addFilter } from './filter-options.js';

/** The words of `holdfast diff`. */
export const diffWords: CommandWords = {
  name: 'diff',
  usage: '[A] [B] --from TARGET [options]',
  summary: 'compare a snapshot with another one, or with the live files',
  examples: [
    'diff --from ./backups',
    'diff 20261123T0723 latest --from ./backups',
    "diff monday --path 'data/**/*.xlsx' --from ./backups",
  ],
  declare: (command) => {
    command
      .argument('[a]', `${ID_WORDS} (the default)`)
      .argument('[b]', 'the snapshot to compare it with; the live files without it')
      .option('--path <pattern>', 'only what it matches, on either side; more than once for several', each('--path'))
      .option('--source <name=path>', 'where the live files of a source are, if not where they were', each('--source'));
    command.option('--no-content', 'do not look into workbooks and arrays that have changed');
    addFilter(command);
    addFrom(command);
  },
  load: () => import('../commands/diff.js'),
};
