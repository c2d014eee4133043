import { type ExportSink, faulty, type Inspection, type InspectLimits } from '@holdfast/core/inspect';
import { fieldsPerRow, sheetCsv } from '../csv/sheet-csv.js';
import { openWorkbook, type WorkbookFile } from './open-workbook.js';
import { EMPTY_TALLY, type SheetTally, tallySheet } from './sheet-tally.js';
import type { Workbook } from './workbook.js';
import { workbookFacts } from './workbook-facts.js';

/** Where the CSV of the sheets goes. */
export interface SheetExports {
  readonly sink: Required<Pick<ExportSink, 'begin' | 'write'>> & {
    wants(part: { name: string; index: number; extension: string }): boolean | Promise<boolean>;
  };
  readonly raw: boolean;
}

/**
 * Reads all of a workbook once, for its facts and to see that it is sound; only then the sheets that are wanted a second time, for their CSV, which needs to
 * know how wide they are. So of a broken one nothing is exported, and no sheet is ever held.
 *
 * @throws ContentError; errors of the system, and of the sink.
 */
export async function inspectWorkbook(
  file: WorkbookFile,
  limits: InspectLimits,
  exports: SheetExports | undefined,
): Promise<Inspection> {
  const workbook = await openWorkbook(file, limits);
  try {
    const tallies: SheetTally[] = [];
    for (const [index, { kind }] of workbook.sheets.entries()) {
      tallies.push(kind === 'table' ? await tallySheet(workbook, index) : EMPTY_TALLY);
    }
    await workbook.checkTheRest();
    const facts = workbookFacts(workbook, tallies);
    if (exports === undefined) return { status: 'sound', facts };
    const tooLarge = await exportSheets(workbook, tallies, exports, limits.maxInflatedBytes);
    if (tooLarge === 0) return { status: 'sound', facts };
    return faulty('TOO_LARGE', `the CSV of ${tooLarge} of its sheets would be larger than it may`, facts);
  } finally {
    workbook.close();
  }
}

/** How many sheets were left out because their CSV is too large: one long text may stand in a million cells. */
async function exportSheets(
  workbook: Workbook,
  tallies: readonly SheetTally[],
  { sink, raw }: SheetExports,
  maxBytes: number,
): Promise<number> {
  let left = maxBytes;
  let tooLarge = 0;
  let index = 0;
  for (const [sheet, { name, kind }] of workbook.sheets.entries()) {
    if (kind !== 'table') continue;
    const part = { name, index, extension: 'csv' };
    index += 1;
    if (!(await sink.wants(part))) continue;
    const tally = tallies[sheet] ?? EMPTY_TALLY;
    const columns = fieldsPerRow(tally);
    const characters = Math.max(tally.csvCharacters, tally.rows * columns);
    left -= characters;
    if (left < 0) {
      left += characters;
      tooLarge += 1;
      continue;
    }
    await sink.begin(part);
    for await (const bytes of sheetCsv(workbook.rows(sheet), { raw, columns })) await sink.write(bytes);
  }
  return tooLarge;
}
