import { once } from '../option-values.js';
import type { CommandWords } from './command-words.js';

/** The words of `holdfast csv`. */
export const csvWords: CommandWords = {
  name: 'csv',
  usage: '[WORKBOOK] [OUT.csv] [options]',
  summary: 'write the sheets of a workbook as CSV',
  examples: ['csv', 'csv attendance.xlsx attendance.csv', 'csv attendance.xlsx october.csv --sheet "October 2026"'],
  declare: (command) => {
    command
      .argument('[workbook]', '.xlsx, .xlsm, .xls or .ods; the workbook of the config without')
      .argument('[out]', 'the file of the first sheet (NAME_backup.csv without); each further one is OUT.SHEET.csv')
      .option('--sheet <name>', 'only this sheet, into OUT.csv', once('--sheet'))
      .option('--csv-raw', 'texts as they are, also those that a spreadsheet would run as a formula')
      .option('-y, --yes', 'replace files that are there, without a question');
  },
  load: () => import('../commands/csv.js'),
};
