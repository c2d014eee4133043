import { basename, extname } from 'node:path';
import type { ContentInspector } from '@holdfast/core/inspect';
import { CliError } from '../cli-error.js';
import type { Session } from '../session.js';

/** What `csv` reads, and where its first sheet goes. */
export interface CsvPlan {
  readonly file: string;
  readonly to: string;
}

/** A word that may be the name of a configured source: anything else says by itself that it is a path. */
const SOURCE_NAME = /^[^/\\.]+$/;

/**
 * Reads the words of `csv`. A word that is the name of a source of the config means its workbook; without any it is the one workbook
 * among the sources. Without a second word the CSV is called as a backup calls it, and lies in the working folder.
 *
 * @throws CliError `USAGE`, `CONFIG`, `CONFIG_REFUSED`
 */
export async function csvPlan(
  session: Session,
  [word, to]: readonly string[],
  inspector: ContentInspector,
): Promise<CsvPlan> {
  const isBook = (path: string): boolean => inspector.recognises(basename(path));
  const config = word === undefined || SOURCE_NAME.test(word) ? await session.config() : undefined;
  const sources = config?.sources ?? [];
  const file = word === undefined ? undefined : (sources.find(({ name }) => name === word)?.path ?? word);
  if (file !== undefined) return { file, to: to ?? backupName(file) };
  const [first, second] = sources.filter(({ path }) => isBook(path));
  if (first !== undefined && second === undefined) return { file: first.path, to: backupName(first.path) };
  throw new CliError({
    code: 'USAGE',
    message: 'csv needs a workbook, and the name of a file to write',
    hint: `For example: holdfast csv attendance.xlsx attendance.csv.${config === undefined ? '' : ` ${config.path} names ${first === undefined ? 'no workbook' : 'more than one'}.`}`,
  });
}

function backupName(file: string): string {
  return `${basename(file, extname(file))}_backup.csv`;
}
