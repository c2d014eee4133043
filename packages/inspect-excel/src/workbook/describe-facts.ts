import type { ContentFacts, FactValue } from '@holdfast/core/inspect';

/** Facts of a workbook in words, one line each. Facts of another version may lack what is expected: that is left out. */
export function describeFacts(facts: ContentFacts): readonly string[] {
  if (typeof facts.format !== 'string') return [];
  const sheets = Array.isArray(facts.sheets) ? facts.sheets : [];
  const omitted = numberOf(facts, 'omittedSheets');
  return [
    headline(facts),
    ...sheets.map((sheet) => (isRecord(sheet) ? sheetLine(sheet) : '')).filter((line) => line !== ''),
    ...(omitted === 0 ? [] : [`and ${counted(omitted, 'more sheet')}`]),
    ...warnings(facts),
  ];
}

function headline(facts: ContentFacts): string {
  const { format, application } = facts;
  const parts = [
    `workbook (.${format})`,
    counted(numberOf(facts, 'sheetCount'), 'sheet'),
    counted(numberOf(facts, 'cells'), 'cell'),
    ...(typeof application === 'string' ? [`written by ${printable(application)}`] : []),
    ...(facts.dateSystem === 1904 ? ['days are counted from 1904'] : []),
    ...(facts.hasMacros === true ? ['with macros'] : []),
  ];
  return parts.join(', ');
}

function sheetLine(sheet: { readonly [name: string]: FactValue }): string {
  const { name, kind, hidden } = sheet;
  const size =
    typeof kind === 'string'
      ? kind === 'chart'
        ? 'a chart'
        : 'no table'
      : `${counted(numberOf(sheet, 'rows'), 'row')}, ${counted(numberOf(sheet, 'columns'), 'column')}`;
  const formulas = numberOf(sheet, 'formulas');
  return [
    `${printable(String(name))}: ${size}`,
    ...(formulas === 0 ? [] : [counted(formulas, 'formula')]),
    ...(hidden === undefined ? [] : ['hidden']),
  ].join(', ');
}

function warnings(facts: ContentFacts): readonly string[] {
  const without = numberOf(facts, 'formulasWithoutResult');
  const guarded = numberOf(facts, 'formulaLikeTexts');
  return [
    ...(without === 0
      ? []
      : [
          `${counted(without, 'formula')} without a stored result: empty in the CSV until a spreadsheet has calculated and saved the file`,
        ]),
    ...(guarded === 0
      ? []
      : [`${counted(guarded, 'text')} that a spreadsheet would run as a formula: guarded in the CSV by a leading '`]),
  ];
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

function numberOf(facts: { readonly [name: string]: FactValue }, name: string): number {
  const value = facts[name];
  return typeof value === 'number' ? value : 0;
}

function isRecord(value: unknown): value is { readonly [name: string]: FactValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names come from the file: nothing in them may move a cursor or turn a line around. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\u{FFFD}');
}
