import type { ContentComparison, InspectLimits } from '@holdfast/core/inspect';
import { openWorkbook, type WorkbookFile } from '../workbook/open-workbook.js';
import type { RowGroup, Workbook } from '../workbook/workbook.js';
import { alignColumns } from './align-columns.js';
import { changeLog, noChanges } from './change-log.js';
import { compareRows } from './compare-rows.js';
import { type ComparedSheet, comparisonFacts, comparisonLines, type WorkbookChanges } from './comparison-words.js';
import { matchSheets } from './match-sheets.js';
import { readPairs } from './read-pairs.js';
import { pairRows } from './row-pairs.js';
import { isSameOutline, outlinesOf, type SheetOutline } from './sheet-outline.js';
import { ofSide } from './sided-error.js';

/** A workbook, and what is held of its sheets. */
interface Side {
  readonly workbook: Workbook;
  readonly outlines: readonly SheetOutline[];
}

/**
 * Says how two workbooks differ, also of different formats. Each is read once to know which rows are the same; only sheets that differ are read again, side by side.
 *
 * @throws SidedError
 */
export async function compareWorkbooks(
  beforeFile: WorkbookFile,
  afterFile: WorkbookFile,
  options: { readonly limits: InspectLimits; readonly maxChanges: number },
): Promise<ContentComparison> {
  const before = await ofSide('before', () => openSide(beforeFile, options.limits, 'before'));
  try {
    const after = await ofSide('after', () => openSide(afterFile, options.limits, 'after'));
    try {
      return await compareSides(before, after, options.maxChanges);
    } finally {
      after.workbook.close();
    }
  } finally {
    before.workbook.close();
  }
}

async function openSide(file: WorkbookFile, limits: InspectLimits, side: 'before' | 'after'): Promise<Side> {
  const workbook = sided(await openWorkbook(file, limits), side);
  try {
    return { workbook, outlines: await outlinesOf(workbook) };
  } catch (error) {
    workbook.close();
    throw error;
  }
}

/** The workbook, whose errors say which side it is. */
function sided(workbook: Workbook, side: 'before' | 'after'): Workbook {
  return {
    ...workbook,
    async *groups(wanted) {
      const groups = workbook.groups(wanted);
      try {
        for (;;) {
          const next: IteratorResult<RowGroup, void> = await ofSide(side, () => groups.next());
          if (next.done === true) return;
          yield next.value;
        }
      } finally {
        await groups.return();
      }
    },
  };
}

async function compareSides(before: Side, after: Side, maxChanges: number): Promise<ContentComparison> {
  const log = changeLog(maxChanges);
  const match = matchSheets(
    { sheets: before.workbook.sheets, outlines: before.outlines },
    { sheets: after.workbook.sheets, outlines: after.outlines },
  );
  const named = ({ workbook }: Side, index: number): string => workbook.sheets[index]?.name ?? '';
  const removed = match.removed.map((index) => named(before, index));
  const added = match.added.map((index) => named(after, index));
  const renamed = match.pairs
    .map(([a, b]) => ({ before: named(before, a), after: named(after, b) }))
    .filter((names) => names.before !== names.after);
  for (const name of removed) log.add({ place: name, change: 'removed' });
  for (const name of added) log.add({ place: name, change: 'added' });
  for (const names of renamed) log.add({ place: names.after, change: 'changed', ...names });
  const compared: ComparedSheet[] = [];
  for (const pair of match.pairs) {
    const sheet = await compareSheet(before, after, pair, log);
    if (sheet !== undefined) compared.push(sheet);
  }
  const isReordered = match.pairs.some(([a], index) => index > 0 && a < (match.pairs[index - 1]?.[0] ?? 0));
  const changes: WorkbookChanges = { removed, added, renamed, compared, isReordered };
  const lines = comparisonLines(changes);
  return {
    status: 'compared',
    isEqual: lines.length === 0,
    lines,
    facts: comparisonFacts(changes),
    changes: log.changes,
    omittedChanges: log.omitted,
  };
}

/** `undefined` if the sheet is as it was. */
async function compareSheet(
  before: Side,
  after: Side,
  [a, b]: readonly [number, number],
  log: ReturnType<typeof changeLog>,
): Promise<ComparedSheet | undefined> {
  const [sheetBefore, sheetAfter] = [before.workbook.sheets[a], after.workbook.sheets[b]];
  let [outlineBefore, outlineAfter] = [before.outlines[a], after.outlines[b]];
  if (sheetBefore === undefined || sheetAfter === undefined) return undefined;
  if (outlineBefore === undefined || outlineAfter === undefined) return undefined;
  const { name, hidden } = sheetAfter;
  const visibility =
    (hidden === false) === (sheetBefore.hidden === false) ? undefined : hidden === false ? 'shown' : 'hidden';
  const counts = noChanges();
  const same = { name, counts, moved: 0, isRough: false, visibility } as const;
  if (isSameOutline(outlineBefore, outlineAfter)) return visibility === undefined ? undefined : same;

  const columns = alignColumns(outlineBefore.header, outlineAfter.header);
  if (columns !== undefined) {
    [outlineBefore] = (await outlinesOf(before.workbook, (index) => index === a, columns.before)).slice(a);
    [outlineAfter] = (await outlinesOf(after.workbook, (index) => index === b, columns.after)).slice(b);
    for (const column of columns.removed)
      log.add({ place: `${name}!${column.place}`, change: 'removed', before: column.name });
    for (const column of columns.added)
      log.add({ place: `${name}!${column.place}`, change: 'added', after: column.name });
    counts.columnsRemoved = columns.removed.length;
    counts.columnsAdded = columns.added.length;
  }
  if (outlineBefore === undefined || outlineAfter === undefined) return undefined;
  // Formulas that reach over a column that came or went are written in another way without meaning anything else.
  const withFormulas = columns === undefined;
  const pairs = pairRows(outlineBefore, outlineAfter, withFormulas);
  const comparer = {
    sheet: name,
    counts,
    log,
    withFormulas,
    columnBefore: columns?.before ?? ((column: number) => column),
    columnAfter: columns?.after ?? ((column: number) => column),
  };
  await readPairs(
    { workbook: before.workbook, sheet: a },
    { workbook: after.workbook, sheet: b },
    pairs,
    (rowBefore, rowAfter) => compareRows(comparer, rowBefore, rowAfter),
  );
  return { ...same, moved: pairs.moved, isRough: pairs.isRough };
}
