import { addFrom, type CommandWords, ID_WORDS } from './command-words.js';

/** The words of `holdfast remove`. */
export const removeWords: CommandWords = {
  name: 'remove',
  usage: 'ID... --from TARGET [options]',
  summary: 'remove snapshots; undo brings them back until a prune',
  examples: ['remove 20261123T0723 --from ./backups', 'remove "before import" 7f3a --from zip:archives --yes'],
  declare: (command) => {
    command.argument('[id...]', ID_WORDS).option('-y, --yes', 'remove them without a question');
    addFrom(command);
  },
  load: () => import('../commands/remove.js'),
};
