import type { ContentChange, ContentFacts, FactValue } from '@holdfast/core/inspect';
import { countOf, dtypeOf } from '../array/array-facts.js';
import { type ElementType, type Leaf, leavesOf } from '../header/element-type.js';
import type { NpyHeader } from '../header/npy-header.js';
import { shownName } from '../shown-name.js';

/** How two arrays differ before any value is read. */
export interface HeadDifference {
  /** In what the values are; the order of bytes and of memory does not count. */
  readonly isDifferent: boolean;
  readonly facts: ContentFacts;
  /** Rows that only one has, and fields. */
  readonly changes: readonly ContentChange[];
}

const MAX_NAMED_FIELDS = 10;

/** Compares two headers. */
export function headDifference(before: NpyHeader, after: NpyHeader): HeadDifference {
  const isOtherShape = String(before.shape) !== String(after.shape);
  const fields = fieldChanges(before.element, after.element);
  const isOtherType = dtypeOf(before.element) !== dtypeOf(after.element) || fields.length > 0;
  const rows = addedRows(before, after);
  return {
    isDifferent: isOtherShape || isOtherType,
    facts: {
      shapeBefore: before.shape.map(countOf),
      shapeAfter: after.shape.map(countOf),
      dtypeBefore: dtypeOf(before.element),
      dtypeAfter: dtypeOf(after.element),
      ...(rows === undefined ? {} : rows.facts),
      ...(fields.length === 0 ? {} : { changedFields: fields.length }),
    },
    changes: [...(rows === undefined ? [] : [rows.change]), ...fields.slice(0, MAX_NAMED_FIELDS)],
  };
}

/** Where only the first dimension differs, what is there more or less at its end: `[100:102]`, as Python cuts it. */
function addedRows(before: NpyHeader, after: NpyHeader): { change: ContentChange; facts: ContentFacts } | undefined {
  const [rows, ...rest] = before.shape;
  const [otherRows, ...otherRest] = after.shape;
  if (rows === undefined || otherRows === undefined || rows === otherRows || String(rest) !== String(otherRest))
    return undefined;
  const [fewer, more] = rows < otherRows ? [rows, otherRows] : [otherRows, rows];
  const change = rows < otherRows ? 'added' : 'removed';
  const count: FactValue = countOf(more - fewer);
  return {
    change: { place: `[${fewer}:${more}]`, change },
    facts: change === 'added' ? { addedRows: count } : { removedRows: count },
  };
}

/** Fields that came, went, or have another type or shape. */
function fieldChanges(before: ElementType, after: ElementType): ContentChange[] {
  if (before.type === 'scalar' || after.type === 'scalar') return [];
  const others = new Map(leavesOf(after).map((leaf) => [leaf.name, leaf]));
  const changes: ContentChange[] = [];
  for (const leaf of leavesOf(before)) {
    const place = `.${shownName(leaf.name)}`;
    const other = others.get(leaf.name);
    others.delete(leaf.name);
    if (other === undefined) changes.push({ place, change: 'removed', before: typeWords(leaf) });
    else if (typeWords(leaf) !== typeWords(other))
      changes.push({ place, change: 'changed', before: typeWords(leaf), after: typeWords(other) });
  }
  for (const leaf of others.values())
    changes.push({ place: `.${shownName(leaf.name)}`, change: 'added', after: typeWords(leaf) });
  return changes;
}

function typeWords({ scalar, shape }: Leaf): string {
  return shape.length === 0 ? scalar.name : `${scalar.name} ${shape.join(' x ')}`;
}
