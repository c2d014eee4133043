import { addFrom, type CommandWords, ID_WORDS } from './command-words.js';

/** The words of `holdfast show`. */
export const showWords: CommandWords = {
  name: 'show',
  usage: '[ID] [PATH] --from TARGET [options]',
  summary: 'show a snapshot, what is in it, or the content of a file',
  examples: [
    'show --from ./backups',
    'show latest data/2026 --from ./backups',
    'show latest data/report.csv --from ./backups > report.csv',
    'show latest excel/attendance.xlsx --facts --from ./backups',
  ],
  declare: (command) => {
    command
      .argument('[id]', `${ID_WORDS} (the default)`)
      .argument('[path]', 'only this folder of the snapshot; of a file its content')
      .option('--facts', 'what is in workbooks and arrays, in place of their bytes')
      .option('--raw', 'print a file on a terminal also if it is no text');
    addFrom(command);
  },
  load: () => import('../commands/show.js'),
};
