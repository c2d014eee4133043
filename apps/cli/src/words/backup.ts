import { each, once } from '../option-values.js';
import type { CommandWords } from './command-words.js';
import { addFilter } from './filter-options.js';

/** The words of `holdfast backup`. */
export const backupWords: CommandWords = {
  name: 'backup',
  usage: '[SOURCE...] [--to TARGET] [options]',
  summary: 'save a snapshot of files and folders',
  examples: [
    'backup ./data --to ./backups',
    'backup',
    'backup ./data excel=attendance.xlsx --to ./backups --to zip:archives --name "before import"',
    'backup ./data --to s3://bucket/prefix --format plain',
    'backup attendance.xlsx --export csv --to ./backups',
  ],
  declare: (command) => {
    command
      .argument(
        '[source...]',
        'a folder, a file, or NAME=PATH to give it another name; all sources of the config without',
      )
      .option(
        '--to <target>',
        'where to; more than once for several targets; all targets of the config without',
        each('--to'),
      )
      .option('--name <name>', 'a name for the snapshot, usable in place of its id', once('--name'))
      .option('--tag <tag>', 'a tag; more than once for several', each('--tag'))
      .option(
        '--format <format>',
        'format of a new target: plain (real files under their own names)',
        once('--format'),
      );
    command
      .option(
        '--export <format>',
        'look into workbooks and arrays, and keep the sheets of workbooks as files of their own beside them: csv',
        each('--export'),
      )
      .option('--csv-raw', 'with exports: texts as they are, also those that a spreadsheet would run as a formula');
    addFilter(command);
    command
      .option('--dry-run', 'list what would be taken and what not, and write nothing')
      .option('--rehash', 'read every file, also those that look unchanged')
      .option('--no-xattrs', 'leave out extended attributes and ACLs')
      .option('--single', 'make the target folder itself the one snapshot: its files stand right in it')
      .option('--replace', 'put the snapshot in the place of an archive, or of a single one, that exists')
      .option('--even-incomplete', 'with --replace: also if something could not be stored')
      .option('-y, --yes', 'use a target folder that holds other files');
  },
  load: () => import('../commands/backup.js'),
};
