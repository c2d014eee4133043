import { CliError } from '../cli-error.js';
import type { Session } from '../session.js';
import { type AttendancePlaces, DEFAULT_TARGET } from './attendance-template.js';
import { findAttendance } from './find-attendance.js';

/** What the options of `init --template attendance` say. */
export interface AttendanceWords {
  readonly data?: string;
  readonly workbook?: string;
  readonly target?: readonly string[];
  readonly yes?: true;
}

/**
 * Where the files of the program are: as it was said, else as it is answered on a terminal, else what lies in the working folder if it can
 * be one thing only.
 *
 * @returns `undefined` if who was asked has had enough
 * @throws CliError `USAGE` where nothing was said, and nothing or several were found
 */
export async function attendancePlaces(
  session: Session,
  words: AttendanceWords,
  refusalOf: (targets: readonly string[]) => string | undefined,
): Promise<AttendancePlaces | undefined> {
  const { data, workbook, target } = words;
  const found = data !== undefined && workbook !== undefined ? { folders: [], workbooks: [] } : await findAttendance();
  const { terminal } = session;
  if (terminal !== undefined && words.yes !== true) {
    const { askForAttendance } = await import('./ask-attendance.js');
    return askForAttendance(
      { ...terminal, signal: session.signal },
      { data, workbook, targets: target },
      found,
      refusalOf,
    );
  }
  return {
    data: data ?? onlyOne(found.folders, 'folder with .npy files', '--data FOLDER'),
    workbook: workbook ?? onlyOne(found.workbooks, 'workbook', '--workbook FILE'),
    targets: target ?? [DEFAULT_TARGET],
  };
}

function onlyOne(found: readonly string[], what: string, option: string): string {
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  throw new CliError({
    code: 'USAGE',
    message: `there is ${first === undefined ? 'no' : 'more than one'} ${what} here, and none was named`,
    hint: `Say which: ${option}${first === undefined ? '' : ` (here are ${found.join(', ')})`}.`,
  });
}
