import type { ContentFacts } from '@holdfast/core/inspect';
import { shortText } from '../values/short-text.js';
import { printable } from '../workbook/describe-facts.js';
import { type ChangeCounts, noChanges } from './change-log.js';

/** A sheet that both workbooks have, and that is not the same in both. */
export interface ComparedSheet {
  readonly name: string;
  readonly counts: ChangeCounts;
  /** Rows that are as they were, at another place. */
  readonly moved: number;
  readonly isRough: boolean;
  readonly visibility: 'shown' | 'hidden' | undefined;
}

/** All that differs between two workbooks. */
export interface WorkbookChanges {
  readonly removed: readonly string[];
  readonly added: readonly string[];
  readonly renamed: readonly { readonly before: string; readonly after: string }[];
  readonly compared: readonly ComparedSheet[];
  readonly isReordered: boolean;
}

const MAX_NAME_CHARACTERS = 60;
/** Of one kind; the rest is counted. */
const MAX_LINES = 20;

/** The changes in words; none if there are none. */
export function comparisonLines(changes: WorkbookChanges): readonly string[] {
  const { removed, added, renamed, compared, isReordered } = changes;
  return [
    ...bounded(removed.map((name) => `sheet ${quoted(name)} removed`)),
    ...bounded(added.map((name) => `sheet ${quoted(name)} added`)),
    ...bounded(renamed.map(({ before, after }) => `sheet ${quoted(before)} is called ${quoted(after)} now`)),
    ...bounded(compared.map(sheetLine)),
    ...(isReordered ? ['the sheets are in another order'] : []),
  ];
}

/** The changes as numbers. */
export function comparisonFacts({ removed, added, renamed, compared }: WorkbookChanges): ContentFacts {
  const total = noChanges();
  for (const { counts } of compared) {
    for (const name of Object.keys(total) as (keyof ChangeCounts)[]) total[name] += counts[name];
  }
  return {
    ...total,
    rowsMoved: compared.reduce((sum, { moved }) => sum + moved, 0),
    sheetsAdded: added.length,
    sheetsRemoved: removed.length,
    sheetsRenamed: renamed.length,
    ...(compared.some(({ isRough }) => isRough) ? { isRough: true } : {}),
  };
}

function sheetLine({ name, counts, moved, isRough, visibility }: ComparedSheet): string {
  const parts = [
    part(counts.cellsChanged, 'cell', 'changed'),
    part(counts.formulasChanged, 'formula', 'changed'),
    part(counts.rowsAdded, 'row', 'added'),
    part(counts.rowsRemoved, 'row', 'removed'),
    part(counts.columnsAdded, 'column', 'added'),
    part(counts.columnsRemoved, 'column', 'removed'),
  ].filter((text) => text !== '');
  if (parts.length === 0 && moved > 0) parts.push(part(moved, 'row', 'moved by blank rows'));
  if (visibility !== undefined) parts.push(visibility === 'hidden' ? 'hidden now' : 'no longer hidden');
  if (parts.length === 0) parts.push('changed');
  return `${shortText(printable(name), MAX_NAME_CHARACTERS)}: ${parts.join(', ')}${isRough ? ' (rows were partly compared by their place)' : ''}`;
}

function part(count: number, what: string, how: string): string {
  return count === 0 ? '' : `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'} ${how}`;
}

function quoted(name: string): string {
  return `"${shortText(printable(name), MAX_NAME_CHARACTERS)}"`;
}

function bounded(lines: readonly string[]): readonly string[] {
  const omitted = lines.length - MAX_LINES;
  return omitted <= 0 ? lines : [...lines.slice(0, MAX_LINES), `and ${omitted.toLocaleString('en')} more like that`];
}
