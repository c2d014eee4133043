import { addFrom, type CommandWords } from './command-words.js';

/** The words of `holdfast undo`. */
export const undoWords: CommandWords = {
  name: 'undo',
  usage: '--from TARGET [options]',
  summary: 'bring back what was removed last; again removes it again',
  examples: ['undo --from ./backups'],
  declare: addFrom,
  load: () => import('../commands/undo.js'),
};
