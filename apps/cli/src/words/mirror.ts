import type { CommandWords } from './command-words.js';

/** The words of `holdfast mirror`. */
export const mirrorWords: CommandWords = {
  name: 'mirror',
  usage: '[FROM TO] [options]',
  summary: 'copy the snapshots that another target does not have',
  examples: ['mirror ./backups s3://bucket/prefix', 'mirror s3://bucket/prefix zip:archives'],
  declare: (command) => {
    command
      .argument('[from]', 'the target that has them; all mirrors of the config without')
      .argument('[to]', 'the target that shall have them as well')
      .option('--again', 'also copy what was removed there, or bring it back')
      .option('-y, --yes', 'use a target folder that holds other files');
  },
  load: () => import('../commands/mirror.js'),
};
