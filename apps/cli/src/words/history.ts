import { once } from '../option-values.js';
import { addFrom, type CommandWords } from './command-words.js';

/** The words of `holdfast history`. */
export const historyWords: CommandWords = {
  name: 'history',
  usage: 'FILE... --from TARGET [options]',
  summary: 'show every version of a file, or of a cell of a workbook',
  examples: [
    'history attendance.xlsx --from ./backups',
    "history attendance.xlsx --cell 'Attendance!B7' --from ./backups",
    "history npy/Ada_EMP002_0.npy --cell '[17]' --from ./backups",
  ],
  declare: (command) => {
    command
      .argument('[file...]', 'a name at any depth, or with "/" a path from the top; * ? [..] and ** may stand in it')
      .option(
        '--cell <place>',
        'what stood at one place: SHEET!B7 (B7: of the first sheet); of an array [3, 17]',
        once('--cell'),
      );
    addFrom(command);
  },
  load: () => import('../commands/history.js'),
};
