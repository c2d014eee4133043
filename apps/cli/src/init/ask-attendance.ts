import { isCancel, text } from '@clack/prompts';
import { askForSeveral, type Terminal } from './ask-config.js';
import type { AttendancePlaces } from './attendance-template.js';
import type { FoundAttendance } from './find-attendance.js';

/** What was said already. */
type Said = { readonly [Member in keyof AttendancePlaces]?: AttendancePlaces[Member] | undefined };

/**
 * Asks where an attendance program keeps its files, as far as it was not said; Enter takes what was found. `undefined` if the user
 * has had enough.
 *
 * @param refusalOf says why targets cannot be used
 */
export async function askForAttendance(
  terminal: Terminal,
  said: Said,
  found: FoundAttendance,
  refusalOf: (targets: readonly string[]) => string | undefined,
): Promise<AttendancePlaces | undefined> {
  const data =
    said.data ?? (await askFor(terminal, 'Which folder holds the encodings (.npy)?', found.folders[0] ?? './data'));
  if (data === undefined) return undefined;
  const workbook =
    said.workbook ??
    (await askFor(terminal, 'Which workbook holds the attendance?', found.workbooks[0] ?? './attendance.xlsx'));
  if (workbook === undefined) return undefined;
  const targets =
    said.targets ??
    (await askForSeveral(
      terminal,
      ['Where to? A folder, zip:FOLDER or s3://bucket/prefix', 'And where else? Enter for nowhere'],
      './backups',
      refusalOf,
    ));
  return targets === undefined ? undefined : { data, workbook, targets };
}

async function askFor(terminal: Terminal, message: string, example: string): Promise<string | undefined> {
  const answer = await text({ ...terminal, message, placeholder: example, defaultValue: example });
  return isCancel(answer) ? undefined : answer.trim() || example;
}
