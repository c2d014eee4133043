import { each } from '../option-values.js';
import type { CommandWords } from './command-words.js';

/** The words of `holdfast init`. */
export const initWords: CommandWords = {
  name: 'init',
  usage: '[--source PATH...] [--target TARGET...] [options]',
  summary: 'write a config for this folder, by asking',
  examples: ['init', 'init --source ./data --source excel=attendance.xlsx --target disk=./backups --yes'],
  declare: (command) => {
    command
      .option('--source <source>', 'what is backed up: PATH or NAME=PATH; more than once for several', each('--source'))
      .option('--target <target>', 'where to: TARGET or NAME=TARGET; more than once for several', each('--target'))
      .option('-y, --yes', 'write it without a question');
  },
  load: () => import('../commands/init.js'),
};
