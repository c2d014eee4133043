import { type ExportPart, type ExportSink, faulty, type Inspection, type InspectLimits } from '@holdfast/core/inspect';
import { fieldsPerRow, type SheetCsv, sheetCsv } from '../csv/sheet-csv.js';
import { openWorkbook, type WorkbookFile } from './open-workbook.js';
import { EMPTY_TALLY, type SheetTally, tallySheets } from './sheet-tally.js';
import type { Workbook } from './workbook.js';
import { workbookFacts } from './workbook-facts.js';

/** Where the CSV of the sheets goes. */
export interface SheetExports {
  readonly sink: Required<Pick<ExportSink, 'begin' | 'write'>> & {
    wants(part: ExportPart): boolean | Promise<boolean>;
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
    const tallies = await tallySheets(workbook);
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
  const { chosen, tooLarge } = await chooseSheets(workbook, tallies, sink, maxBytes);
  const waiting = [...chosen.keys()];
  let csv: SheetCsv | undefined;
  const finish = async (): Promise<void> => {
    for (const bytes of csv?.end() ?? []) await sink.write(bytes);
  };
  /** Begins all sheets up to this one: those before it have no rows. */
  const beginUpTo = async (sheet: number): Promise<void> => {
    for (let next = waiting[0]; next !== undefined && next <= sheet; next = waiting[0]) {
      await finish();
      waiting.shift();
      const part = chosen.get(next);
      if (part !== undefined) await sink.begin(part);
      csv = sheetCsv({ raw, columns: fieldsPerRow(tallies[next] ?? EMPTY_TALLY) });
    }
  };
  for await (const { sheet, rows } of workbook.groups((index) => chosen.has(index))) {
    await beginUpTo(sheet);
    for (const bytes of csv?.add(rows) ?? []) await sink.write(bytes);
  }
  await beginUpTo(workbook.sheets.length);
  await finish();
  return tooLarge;
}

/** The sheets that are wanted and not too large, by their place among all. */
async function chooseSheets(
  { sheets }: Workbook,
  tallies: readonly SheetTally[],
  sink: SheetExports['sink'],
  maxBytes: number,
): Promise<{ readonly chosen: ReadonlyMap<number, ExportPart>; readonly tooLarge: number }> {
  const chosen = new Map<number, ExportPart>();
  let left = maxBytes;
  let tooLarge = 0;
  let index = 0;
  for (const [sheet, { name, kind }] of sheets.entries()) {
    if (kind !== 'table') continue;
    const part = { name, index, extension: 'csv' };
    index += 1;
    if (!(await sink.wants(part))) continue;
    const characters = csvCharacters(tallies[sheet] ?? EMPTY_TALLY);
    if (characters > left) tooLarge += 1;
    else {
      left -= characters;
      chosen.set(sheet, part);
    }
  }
  return { chosen, tooLarge };
}

function csvCharacters(tally: SheetTally): number {
  return Math.max(tally.csvCharacters, tally.rows * fieldsPerRow(tally));
}
