import { addFrom, type CommandWords, ID_WORDS } from './command-words.js';

/** The words of `holdfast show`. */
export const showWords: CommandWords = {
  name: 'show',
  usage: '[ID] [PATH] --from TARGET [options]',
  summary: 'show a snapshot and what is in it',
  examples: ['show --from ./backups', 'show latest data/2026 --from ./backups'],
  declare: (command) => {
    command
      .argument('[id]', `${ID_WORDS} (the default)`)
      .argument('[path]', 'only this file or folder of the snapshot');
    addFrom(command);
  },
  load: () => import('../commands/show.js'),
};
