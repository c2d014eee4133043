import { basename } from 'node:path';
import { exportParts } from '@holdfast/core';
import { csvPlan } from '../compose/csv-plan.js';
import { excel } from '../compose/inspectors.js';
import type { CommandResult } from '../render/output.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { assertAtMost } from './operands.js';
import { askToReplace, noWorkbook, writtenParts } from './written-parts.js';

/** Options of `holdfast csv`. */
export interface CsvFlags extends CommonFlags {
  readonly sheet?: string;
  readonly csvRaw?: true;
  readonly yes?: true;
}

/** `holdfast csv [WORKBOOK] [OUT.csv]`: the sheets of a live workbook as files that need no tool. */
export async function run(session: Session, operands: readonly string[], flags: CsvFlags): Promise<CommandResult> {
  assertAtMost('csv', operands, 2);
  const inspector = await excel();
  const { file, to } = await csvPlan(session, operands, inspector);
  if (!inspector.recognises(basename(file))) throw noWorkbook(file);
  const raw = flags.csvRaw === true;
  const exported = await exportParts(
    { livePath: file },
    {
      inspectors: [inspector],
      to,
      part: flags.sheet,
      raw,
      mayReplace: askToReplace(session, flags.yes === true),
      signal: session.signal,
    },
  );
  return writtenParts(session, file, exported, raw);
}
