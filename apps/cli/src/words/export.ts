import { addFrom, type CommandWords, ID_WORDS } from './command-words.js';

/** The words of `holdfast export`. */
export const exportWords: CommandWords = {
  name: 'export',
  usage: 'ID FILE.zip [PATTERN...] --from TARGET [options]',
  summary: 'write a snapshot, or a part of it, to one zip that any computer opens',
  examples: ['export latest handover.zip --from ./backups', "export latest npy.zip 'npy/Ada_*' --from ./backups"],
  declare: (command) => {
    command
      .argument('[id]', ID_WORDS)
      .argument('[file]', 'the archive to write')
      .argument('[pattern...]', 'only what it matches: with "/" a path from the top, without one a name at any depth')
      .option('--replace', 'put it in the place of an archive that exists')
      .option('--even-incomplete', 'with --replace: also if something is damaged or missing');
    addFrom(command);
  },
  load: () => import('../commands/export.js'),
};
