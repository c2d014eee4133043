import { addFrom, type CommandWords } from './command-words.js';

/** The words of `holdfast undo`. */
export const undoWords: CommandWords = {
  name: 'undo',
  usage: '[ID] [--from TARGET] [options]',
  summary: 'take back the last restore or removal; again does it again',
  examples: ['undo', 'undo --list', 'undo --from ./backups', 'undo 20261123T0723 --from ./backups'],
  declare: (command) => {
    command
      .argument('[id]', 'a restore that "undo --list" lists, or a removed snapshot: by id, beginning of an id, or name')
      .option('--list', 'only say what can be undone')
      .option('--dry-run', 'of a restore: change nothing, and say what would be done')
      .option('-y, --yes', 'replace what is there, or remove again, without a question');
    addFrom(command);
  },
  load: () => import('../commands/undo.js'),
};
