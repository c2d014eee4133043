import { basename } from 'node:path';
import { displayName, exportParts } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { excel } from '../compose/inspectors.js';
import { EXIT } from '../exit-status.js';
import { contentUnreadable } from '../render/content-fault.js';
import type { CommandResult } from '../render/output.js';
import { writtenPartLines, writtenPartMembers } from '../render/summary/written-parts.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { assertAtMost } from './operands.js';
import { requireYes } from './require-yes.js';

/** Options of `holdfast csv`. */
export interface CsvFlags extends CommonFlags {
  readonly sheet?: string;
  readonly csvRaw?: true;
  readonly yes?: true;
}

/** `holdfast csv WORKBOOK OUT.csv`: the sheets of a live workbook as files that need no tool. */
export async function run(session: Session, operands: readonly string[], flags: CsvFlags): Promise<CommandResult> {
  assertAtMost('csv', operands, 2);
  const [file, to] = operands;
  if (file === undefined || to === undefined) {
    throw new CliError({
      code: 'USAGE',
      message: 'csv needs a workbook and the name of a file to write',
      hint: 'For example: holdfast csv attendance.xlsx attendance.csv.',
    });
  }
  const inspector = await excel();
  if (!inspector.recognises(basename(file))) {
    throw new CliError({
      code: 'USAGE',
      message: `csv reads workbooks, and "${file}" has not the name of one`,
      hint: 'Workbooks end in .xlsx, .xlsm, .xls or .ods.',
    });
  }
  session.whenStopped(
    () => 'No half file has a name; what stood there before stands there still, or is replaced as a whole.',
  );
  const { inspection, parts } = await exportParts({
    file,
    to,
    inspector,
    part: flags.sheet,
    raw: flags.csvRaw === true,
    mayReplace: async (paths) => {
      const what = ['These are there already:', ...paths.map((path) => `  ${displayName(path)}`)];
      await requireYes(session, flags.yes === true, what, 'Replace them?', 'Choose another name, or add --yes.');
      return true;
    },
    signal: session.signal,
  });
  if (inspection.status !== 'sound') throw contentUnreadable(file, inspection);
  return {
    exitStatus: EXIT.done,
    lines: writtenPartLines(file, parts, inspection.facts),
    members: { file, ...writtenPartMembers(parts) },
  };
}
