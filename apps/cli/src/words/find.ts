import { addFrom, type CommandWords } from './command-words.js';

/** The words of `holdfast find`. */
export const findWords: CommandWords = {
  name: 'find',
  usage: 'PATTERN... --from TARGET [options]',
  summary: 'find files in all snapshots, and their versions',
  examples: ['find report.xlsx --from ./backups', 'find "*.npy" "data/2026/**" --from zip:archives'],
  declare: (command) => {
    command.argument(
      '[pattern...]',
      'a name at any depth, or with "/" a path from the top; * ? [..] and ** may stand in it',
    );
    addFrom(command);
  },
  load: () => import('../commands/find.js'),
};
