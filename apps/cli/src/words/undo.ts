import { addFrom, type CommandWords } from './command-words.js';

/** The words of `holdfast undo`. */
export const undoWords: CommandWords = {
  name: 'undo',
  usage: '[ID] --from TARGET [options]',
  summary: 'bring back what was removed last; again removes it again',
  examples: ['undo --from ./backups', 'undo 20261123T0723 --from ./backups'],
  declare: (command) => {
    command
      .argument('[id]', 'a removed snapshot, by id, beginning of an id, or name')
      .option('-y, --yes', 'again: remove it again without a question');
    addFrom(command);
  },
  load: () => import('../commands/undo.js'),
};
