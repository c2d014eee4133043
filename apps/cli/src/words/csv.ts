import { once } from '../option-values.js';
import type { CommandWords } from './command-words.js';

/** The words of `holdfast csv`. */
export const csvWords: CommandWords = {
  name: 'csv',
  usage: 'WORKBOOK OUT.csv [options]',
  summary: 'write the sheets of a workbook as CSV',
  examples: ['csv attendance.xlsx attendance.csv', 'csv attendance.xlsx october.csv --sheet "October 2026"'],
  declare: (command) => {
    command
      .argument('[workbook]', 'a workbook: .xlsx, .xlsm, .xls or .ods')
      .argument('[out]', 'the file of the first sheet; each further one stands beside it: OUT.SHEET.csv')
      .option('--sheet <name>', 'only this sheet, into OUT.csv', once('--sheet'))
      .option('--csv-raw', 'texts as they are, also those that a spreadsheet would run as a formula')
      .option('-y, --yes', 'replace files that are there, without a question');
  },
  load: () => import('../commands/csv.js'),
};
