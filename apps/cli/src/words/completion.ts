import type { CommandWords } from './command-words.js';

/** The words of `holdfast completion`. */
export const completionWords: CommandWords = {
  name: 'completion',
  usage: 'bash|zsh|fish [options]',
  summary: 'print the script that makes a shell complete these words',
  examples: ['completion bash >> ~/.bashrc', 'completion fish | source'],
  declare: (command) => {
    command.argument('[shell]', 'bash, zsh or fish');
  },
  load: () => import('../commands/completion.js'),
};
