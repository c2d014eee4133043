import type { ContentFacts } from '@holdfast/core/inspect';
import { counted, factsIn, rounded, shapeWords, text } from '../describe-array.js';
import { type ElementType, leavesOf } from '../header/element-type.js';
import type { NpyHeader } from '../header/npy-header.js';

/** What there is to say. */
export interface DescribedDifference {
  readonly before: NpyHeader;
  readonly after: NpyHeader;
  readonly facts: ContentFacts;
  readonly isEqual: boolean;
  /** Were values compared at all? */
  readonly compared: boolean;
}

/** The difference of two arrays in words: values first, then shape and type, then how they are laid out. */
export function describeDifference({ before, after, facts, isEqual, compared }: DescribedDifference): string[] {
  const lines = [
    ...(isEqual ? ['the same values'] : []),
    ...(compared ? valueLines(facts, isEqual) : []),
    ...shapeLines(facts),
    ...typeLines(facts),
    ...layoutLines(before, after),
  ];
  if (!compared && !isEqual && before.valueCount > 0n) lines.push('the values were not compared');
  return lines;
}

function valueLines(facts: ContentFacts, isEqual: boolean): string[] {
  const { comparedValues, differentValues, fields } = facts;
  if (comparedValues === 0) return [];
  if (differentValues === 0)
    return isEqual ? [] : [`the ${text(comparedValues)} values they have in common are the same`];
  return [
    `${text(differentValues)} of ${counted(comparedValues, 'value', 'values')} ${differentValues === 1 ? 'differs' : 'differ'}${byWords(facts)}`,
    ...factsIn(fields).map(
      (field) => `${text(field.name)}: ${counted(field.differentValues, 'value', 'values')}${byWords(field)}`,
    ),
  ];
}

function byWords({ maxDifference, meanDifference }: ContentFacts): string {
  if (maxDifference === undefined || meanDifference === undefined) return '';
  if (maxDifference === meanDifference) return `, by ${rounded(maxDifference)}`;
  return `, by ${rounded(maxDifference)} at most and ${rounded(meanDifference)} on average`;
}

function shapeLines(facts: ContentFacts): string[] {
  const { shapeBefore, shapeAfter, addedRows, removedRows } = facts;
  if (String(shapeBefore) === String(shapeAfter)) return [];
  const rows =
    addedRows === undefined
      ? removedRows === undefined
        ? ''
        : `, ${counted(removedRows, 'row', 'rows')} removed at the end`
      : `, ${counted(addedRows, 'row', 'rows')} added at the end`;
  return [`shape ${shapeOf(shapeBefore)} → ${shapeOf(shapeAfter)}${rows}`];
}

function shapeOf(shape: ContentFacts[string] | undefined): string {
  return shapeWords(shape) || 'a single value';
}

function typeLines({ dtypeBefore, dtypeAfter, changedFields }: ContentFacts): string[] {
  if (dtypeBefore !== dtypeAfter) return [`type ${text(dtypeBefore)} → ${text(dtypeAfter)}`];
  return changedFields === undefined
    ? []
    : [`${counted(changedFields, 'field', 'fields')} added, removed or of another type`];
}

/** How the same values are laid out. */
function layoutLines(before: NpyHeader, after: NpyHeader): string[] {
  const [from, to] = [byteOrders(before.element), byteOrders(after.element)];
  return [
    ...(from === to ? [] : [`byte order ${from} → ${to}`]),
    ...(before.order === after.order ? [] : [`memory order ${before.order} → ${after.order}`]),
    ...(before.formatVersion === after.formatVersion
      ? []
      : [`version of the format ${before.formatVersion} → ${after.formatVersion}`]),
  ];
}

function byteOrders(element: ElementType): string {
  const orders = new Set(
    leavesOf(element)
      .filter(({ scalar }) => scalar.itemBytes > 1 && scalar.kind !== 'bytes' && scalar.kind !== 'raw')
      .map(({ scalar }) => (scalar.bigEndian ? 'big' : 'little')),
  );
  return orders.size === 0 ? 'none' : [...orders].join(' and ');
}
