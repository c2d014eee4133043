import { displayName, type ExportPartsOptions, type ExportPartsSummary } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-status.js';
import { contentUnreadable } from '../render/content-fault.js';
import type { CommandResult } from '../render/output.js';
import { writtenPartLines, writtenPartMembers } from '../render/summary/written-parts.js';
import type { Session } from '../session.js';
import { requireYes } from './require-yes.js';

/** The question before sheets take the place of files; and what is said if the command is stopped from now on. */
export function askToReplace(session: Session, yes: boolean): NonNullable<ExportPartsOptions['mayReplace']> {
  session.whenStopped(() => 'No half file has a name: what stood there stands there still, or is replaced as a whole.');
  return async (paths) => {
    const what = ['These are there already:', ...paths.map((path) => `  ${displayName(path)}`)];
    await requireYes(session, yes, what, 'Replace them?', 'Choose another name, or add --yes.');
    return true;
  };
}

/**
 * The end of a command that has written sheets.
 *
 * @throws CliError `CONTENT_UNREADABLE`, `USAGE`
 */
export function writtenParts(
  session: Session,
  file: string,
  exported: ExportPartsSummary | undefined,
  raw: boolean,
): CommandResult {
  if (exported === undefined) throw noWorkbook(file);
  const { content, parts } = exported;
  if (content.status !== 'sound') throw contentUnreadable(file, content);
  session.whenStopped(() => 'The files are written.');
  return {
    exitStatus: EXIT.done,
    lines: writtenPartLines(file, parts, content.facts ?? {}, raw),
    members: { file, ...writtenPartMembers(parts) },
  };
}

/** The error where only a workbook has what is asked for. */
export function noWorkbook(file: string): CliError {
  return new CliError({
    code: 'USAGE',
    message: `only workbooks have sheets, and "${file}" has not the name of one`,
    hint: 'Workbooks end in .xlsx, .xlsm, .xls or .ods.',
  });
}
