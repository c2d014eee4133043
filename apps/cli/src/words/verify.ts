import { once } from '../option-values.js';
import { addFrom, type CommandWords, ID_WORDS } from './command-words.js';

/** The words of `holdfast verify`. */
export const verifyWords: CommandWords = {
  name: 'verify',
  usage: '[ID] --from TARGET [options]',
  summary: 'check that snapshots are whole',
  examples: [
    'verify --from ./backups',
    'verify latest --data --from backup.zip',
    'verify --from ./backups --against s3://bucket/prefix',
  ],
  declare: (command) => {
    command
      .argument('[id]', `${ID_WORDS}; without it every snapshot`)
      .option('--data', 'read the content of every file and compare it with its checksum')
      .option('--sample <percent>', 'read the content of a random part of the files: 10%', once('--sample'))
      .option('--against <target>', 'is the same in this other target?', once('--against'));
    addFrom(command);
  },
  load: () => import('../commands/verify.js'),
};
