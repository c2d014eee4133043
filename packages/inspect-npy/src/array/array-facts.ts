import type { ContentFacts, FactValue } from '@holdfast/core/inspect';
import type { ElementType, ScalarType } from '../header/element-type.js';
import type { NpyHeader } from '../header/npy-header.js';
import { shownName } from '../shown-name.js';
import type { ScannedValues } from './scan-values.js';

/** What a header says of its array. */
export function headerFacts(header: NpyHeader): ContentFacts {
  return {
    formatVersion: header.formatVersion,
    dtype: dtypeOf(header.element),
    byteOrder: byteOrderOf(header.element),
    shape: header.shape.map(countOf),
    order: header.order,
    values: countOf(header.valueCount),
  };
}

/**
 * What its values are like, beside what its header says.
 *
 * @param roomBytes how long the fields of a record may be, as JSON; the others are counted
 */
export function valueFacts(header: NpyHeader, scanned: ScannedValues, roomBytes: number): ContentFacts {
  const isWhole = header.element.itemBytes === 0 || BigInt(scanned.elements) === header.valueCount;
  return {
    ...(header.element.type === 'scalar' ? scanned.leaves[0]?.tally.facts() : fieldFacts(scanned, roomBytes)),
    ...(isWhole ? {} : { valuesLookedAt: scanned.elements }),
  };
}

function fieldFacts({ leaves, leafCount }: ScannedValues, roomBytes: number): ContentFacts {
  const fields: FactValue[] = [];
  let room = roomBytes;
  for (const { leaf, tally } of leaves) {
    const shape = leaf.shape.length === 0 ? {} : { shape: leaf.shape };
    const facts = { name: shownName(leaf.name), dtype: leaf.scalar.name, ...shape, ...tally.facts() };
    room -= Buffer.byteLength(JSON.stringify(facts)) + 1;
    if (room < 0) break;
    fields.push(facts);
  }
  const more = leafCount - fields.length;
  return { ...(fields.length === 0 ? {} : { fields }), ...(more === 0 ? {} : { moreFields: more }) };
}

/** `float64`, or `record`. */
export function dtypeOf(element: ElementType): string {
  return element.type === 'scalar' ? element.name : 'record';
}

function byteOrderOf(element: ElementType): string {
  const orders = new Set(
    scalarsOf(element)
      .filter(hasByteOrder)
      .map(({ bigEndian }) => (bigEndian ? 'big' : 'little')),
  );
  const [order] = orders;
  return orders.size > 1 ? 'mixed' : (order ?? 'none');
}

function scalarsOf(element: ElementType): ScalarType[] {
  return element.type === 'scalar' ? [element] : element.fields.flatMap((field) => scalarsOf(field.element));
}

function hasByteOrder({ kind, itemBytes }: ScalarType): boolean {
  return itemBytes > 1 && kind !== 'bytes' && kind !== 'raw' && kind !== 'object';
}

/** Facts have numbers up to 2^53 only. */
export function countOf(count: bigint): number | string {
  const number = Number(count);
  return Number.isSafeInteger(number) ? number : String(count);
}
