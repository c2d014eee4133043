import { addFrom, type CommandWords } from './command-words.js';

/** The words of `holdfast prune`. */
export const pruneWords: CommandWords = {
  name: 'prune',
  usage: '--from TARGET [options]',
  summary: 'delete what was removed, and clear what interrupted runs left',
  examples: ['prune --from ./backups --dry-run', 'prune --from ./backups --yes'],
  declare: (command) => {
    command
      .option('--dry-run', 'only say what would be freed')
      .option('--now', 'delete what was removed however short a time ago, not only after 7 days')
      .option('-y, --yes', 'delete it without a question');
    addFrom(command);
  },
  load: () => import('../commands/prune.js'),
};
