import type { CommandWords } from './command-words.js';

/** The words of `holdfast trust`. */
export const trustWords: CommandWords = {
  name: 'trust',
  usage: '[options]',
  summary: 'let the commands in the config of this folder run',
  examples: ['trust'],
  declare: () => {},
  load: () => import('../commands/trust.js'),
};
