import type { Leaf } from './header/element-type.js';

/** A place in an array, as a person writes it. */
export interface Place {
  /** Of an archive: which array. */
  readonly member: string | undefined;
  readonly index: readonly number[];
  /** `pos` of `[3].pos[0]`; empty for the element itself. */
  readonly field: string;
  /** In a field that is a small array. */
  readonly inner: readonly number[];
}

const PLACE = /^([^[\]]*)\[([^[\]]*)\](?:\.([^[\]]+)(?:\[([^[\]]*)\])?)?$/;
const INDEX = /^\s*(-?\d{1,15})\s*$/;

/** `[3, 17]`, and in a record `[3].pos[0]`. */
export function placeText(index: readonly number[], leaf: Leaf, inner: number): string {
  const field = leaf.name === '' ? '' : `.${leaf.name}`;
  const place = `[${index.join(', ')}]${field}`;
  if (leaf.shape.length === 0) return place;
  let rest = inner;
  const within = [...leaf.shape].reverse().map((size) => {
    const at = rest % size;
    rest = Math.floor(rest / size);
    return at;
  });
  return `${place}[${within.reverse().join(', ')}]`;
}

/** Reads a place as {@link placeText} writes it; for an archive with the name before it (`name[3]`). A negative index counts from the end. */
export function parsePlace(place: string): Place | undefined {
  const [, member = '', index = '', field = '', inner] = PLACE.exec(place.trim()) ?? [];
  const parsed = PLACE.test(place.trim()) ? indexOf(index) : undefined;
  const within = inner === undefined ? [] : indexOf(inner);
  if (parsed === undefined || within === undefined) return undefined;
  return { member: member === '' ? undefined : member, index: parsed, field, inner: within };
}

/** `3, 17`; of a single value nothing, or `()`. */
function indexOf(text: string): readonly number[] | undefined {
  if (/^\s*(?:\(\s*\))?\s*$/.test(text)) return [];
  const numbers = text
    .replace(/,\s*$/, '')
    .split(',')
    .map((part) => INDEX.exec(part)?.[1]);
  return numbers.every((number) => number !== undefined) ? numbers.map(Number) : undefined;
}

/** The position of an index in values that lie one after the other; `undefined` if there is none there. */
export function positionOf(index: readonly number[], shape: readonly number[], order: 'C' | 'F'): number | undefined {
  if (index.length !== shape.length) return undefined;
  const axes = index.map((_, axis) => (order === 'C' ? axis : index.length - 1 - axis));
  let position = 0;
  for (const axis of axes) {
    const size = shape[axis] ?? 0;
    const at = index[axis] ?? 0;
    const counted = at < 0 ? at + size : at;
    if (counted < 0 || counted >= size) return undefined;
    position = position * size + counted;
  }
  return position;
}
