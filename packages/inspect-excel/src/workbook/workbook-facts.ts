import { type ContentFacts, type FactValue, MAX_FACTS_BYTES } from '@holdfast/core/inspect';
import { shortText } from '../values/short-text.js';
import type { SheetTally } from './sheet-tally.js';
import type { Sheet, Workbook } from './workbook.js';

/** Excel allows 31 characters; a name of any length must not fill the facts. */
const MAX_NAME_CHARACTERS = 60;
const MAX_APPLICATION_CHARACTERS = 80;
/** Room for what stands beside the sheets. */
const OTHER_FACTS_BYTES = 512;

/** What is known of a workbook: as many of its sheets by name as there is room for, the others counted. */
export function workbookFacts(workbook: Workbook, tallies: readonly SheetTally[]): ContentFacts {
  const { named, omitted } = namedSheets(workbook.sheets, tallies);
  const sum = (name: keyof SheetTally): number => tallies.reduce((total, tally) => total + tally[name], 0);
  const { dateSystem, application } = workbook;
  return {
    format: workbook.format,
    ...(application === undefined ? {} : { application: shortText(application, MAX_APPLICATION_CHARACTERS) }),
    ...(dateSystem === undefined ? {} : { dateSystem }),
    hasMacros: workbook.hasMacros,
    sheetCount: workbook.sheets.length,
    hiddenSheets: workbook.sheets.filter(({ hidden }) => hidden !== false).length,
    cells: sum('cells'),
    formulas: sum('formulas'),
    formulasWithoutResult: sum('formulasWithoutResult'),
    formulaLikeTexts: sum('formulaLikeTexts'),
    sheets: named,
    ...(omitted === 0 ? {} : { omittedSheets: omitted }),
  };
}

function namedSheets(
  sheets: readonly Sheet[],
  tallies: readonly SheetTally[],
): { readonly named: readonly FactValue[]; readonly omitted: number } {
  const named: FactValue[] = [];
  let room = MAX_FACTS_BYTES - OTHER_FACTS_BYTES;
  for (const [index, sheet] of sheets.entries()) {
    const facts = sheetFacts(sheet, tallies[index]);
    room -= Buffer.byteLength(JSON.stringify(facts)) + 1;
    if (room < 0) break;
    named.push(facts);
  }
  return { named, omitted: sheets.length - named.length };
}

function sheetFacts({ name, hidden, kind }: Sheet, tally: SheetTally | undefined): FactValue {
  const counted = (value: number | undefined, as: string): { [name: string]: FactValue } =>
    value === undefined || value === 0 ? {} : { [as]: value };
  return {
    name: shortText(name, MAX_NAME_CHARACTERS),
    ...(kind === 'table' ? { rows: tally?.rows ?? 0, columns: tally?.columns ?? 0 } : { kind }),
    ...(hidden === false ? {} : { hidden: hidden === 'very' ? 'very' : true }),
    ...counted(tally?.formulas, 'formulas'),
    ...counted(tally?.formulasWithoutResult, 'formulasWithoutResult'),
    ...counted(tally?.formulaLikeTexts, 'formulaLikeTexts'),
  };
}
