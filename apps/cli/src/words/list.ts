import { addFrom, type CommandWords } from './command-words.js';

/** The words of `holdfast list`. */
export const listWords: CommandWords = {
  name: 'list',
  usage: '--from TARGET [options]',
  summary: 'list the snapshots of a target, oldest first',
  examples: ['list --from ./backups', 'list --removed --from ./backups', 'list --from s3://bucket/prefix --json'],
  declare: (command) => {
    command.option('--removed', 'those that were removed and can be brought back');
    addFrom(command);
  },
  load: () => import('../commands/list.js'),
};
