import type { CommandWords } from './command-words.js';

/** The words of `holdfast doctor`. */
export const doctorWords: CommandWords = {
  name: 'doctor',
  usage: '[TARGET] [options]',
  summary: 'try on a target of yours what Holdfast relies on; nothing is left behind',
  examples: ['doctor ./backups', 'doctor s3://bucket/prefix'],
  declare: (command) => {
    command
      .argument('[target]', 'a folder, zip:FOLDER or s3://bucket/prefix; the default target of the config without it')
      .option('--full', 'with as many and as large objects as the tests of Holdfast itself');
  },
  load: () => import('../commands/doctor.js'),
};
