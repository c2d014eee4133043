import { each, once } from '../option-values.js';
import { addFrom, type CommandWords, ID_WORDS } from './command-words.js';

/** The words of `holdfast restore`. */
export const restoreWords: CommandWords = {
  name: 'restore',
  usage: '[ID] [PATTERN...] --from TARGET [--into FOLDER] [options]',
  summary: 'bring the files of a snapshot back, in place or into a folder',
  examples: [
    'restore --from ./backups --into ./restored',
    "restore latest 'npy/Ada_*' --from ./backups --into ./restored",
    'restore --from ./backups --dry-run',
    'restore 20261123T0723 --only excel --from backup.zip --into ./restored',
    'restore latest excel/attendance.xlsx --sheet Attendance --as attendance.csv --from ./backups',
  ],
  declare: (command) => {
    command
      .argument('[id]', `${ID_WORDS} (the default)`)
      .argument('[pattern...]', 'only what it matches: with "/" a path from the top, without one a name at any depth')
      .option('--only <name>', 'only this source; more than once for several', each('--only'))
      .option('--into <folder>', 'where the files go; without it back to where they came from', once('--into'))
      .option(
        '--exclude <pattern>',
        'neither restore nor delete what matches; more than once for several',
        each('--exclude'),
      )
      .option('--delete', 'delete what is there and not in the snapshot')
      .option('--even-incomplete', 'with --delete: also if the snapshot is known to lack what was there')
      .option('--dry-run', 'write nothing, and say what would be done')
      .option('--no-undo', 'do not keep what is replaced: it cannot be brought back then')
      .option('--privileged', 'give back set-user-id and set-group-id bits as well')
      .option('--dismiss', 'restore nothing: forget restores that were interrupted, and leave things as they are')
      .option('--sheet <name>', 'only this sheet of a workbook, as CSV (with --as)', once('--sheet'))
      .option('--as <file>', 'with --sheet: the CSV to write', once('--as'))
      .option('--csv-raw', 'with --sheet: texts as they are, also those that a spreadsheet would run')
      .option('-y, --yes', 'replace what differs from the snapshot, without a question');
    addFrom(command);
  },
  load: () => import('../commands/restore.js'),
};
