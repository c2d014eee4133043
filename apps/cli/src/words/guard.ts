import { once } from '../option-values.js';
import type { CommandWords } from './command-words.js';
import { addFilter } from './filter-options.js';

/** The words of `holdfast guard`. */
export const guardWords: CommandWords = {
  name: 'guard',
  usage: '[SOURCE...] [--to TARGET] [options] -- COMMAND...',
  summary: 'run a command, and take back what it changed if it fails',
  examples: [
    'guard ./data attendance.xlsx -- python run.py',
    'guard ./data --to ./backups --on-failure restore -- ./import.sh today.csv',
    'guard --timeout 10m -- make migrate',
    'guard --roll-back',
  ],
  declare: (command) => {
    command
      .argument(
        '[source...]',
        'a folder, a file, or NAME=PATH to give it another name; all sources of the config without',
      )
      .option('--to <target>', "where the snapshot is kept; without it the config's, or the local state", once('--to'))
      .option(
        '--on-failure <choice>',
        'ask, restore or keep; without it ask on a terminal, else keep',
        once('--on-failure'),
      )
      .option('--keep', 'keep the snapshot also when the command succeeds')
      .option('--timeout <time>', 'the command fails after this time: 90s, 10m, 2h', once('--timeout'));
    addFilter(command);
    command
      .option('--json-to <file>', 'as --json, into this file in place of stderr', once('--json-to'))
      .option('--roll-back [id]', 'run nothing: take back what a run that was interrupted or kept has changed')
      .option('--dismiss [id]', 'run nothing: leave things as such a run left them, and remove its snapshot')
      .option('-y, --yes', 'with --roll-back and --dismiss: without a question');
  },
  load: () => import('../commands/guard.js'),
  runsCommand: true,
};
