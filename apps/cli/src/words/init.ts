import { each, once } from '../option-values.js';
import type { CommandWords } from './command-words.js';

/** The words of `holdfast init`. */
export const initWords: CommandWords = {
  name: 'init',
  usage: '[--template NAME] [--source PATH...] [--target TARGET...] [options]',
  summary: 'write a config for this folder, by asking',
  examples: [
    'init',
    'init --source ./data --source excel=attendance.xlsx --target disk=./backups --yes',
    'init --template attendance --data ./encodings --workbook ./attendance.xlsx --yes',
  ],
  declare: (command) => {
    command
      .option('--source <source>', 'what is backed up: PATH or NAME=PATH; more than once for several', each('--source'))
      .option('--target <target>', 'where to: TARGET or NAME=TARGET; more than once for several', each('--target'))
      .option(
        '--template <name>',
        'for a program of this kind: attendance (encodings in a folder, and a workbook)',
        once('--template'),
      )
      .option('--data <folder>', 'with --template: the folder that holds the .npy files', once('--data'))
      .option('--workbook <file>', 'with --template: the workbook', once('--workbook'))
      .option('-y, --yes', 'write it without a question');
  },
  load: () => import('../commands/init.js'),
};
