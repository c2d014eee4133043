/**
 * What the elements of an array are, in the kinds of NumPy. `raw` is bytes without a meaning that could be known: void, and floats of more than 64 bits,
 * whose form depends on the machine that wrote them. `object` is pickled.
 */
export type ScalarKind =
  | 'bool'
  | 'int'
  | 'uint'
  | 'float'
  | 'complex'
  | 'datetime'
  | 'timedelta'
  | 'bytes'
  | 'text'
  | 'raw'
  | 'object';

/** What a time counts: `count` of `unit` for each step of the number (`25us`). `generic` has no unit. */
export interface TimeUnit {
  readonly unit: (typeof TIME_UNITS)[number];
  readonly count: number;
}

/** As NumPy writes them, from years to attoseconds. */
export const TIME_UNITS = ['generic', 'Y', 'M', 'W', 'D', 'h', 'm', 's', 'ms', 'us', 'ns', 'ps', 'fs', 'as'] as const;

/** One value. */
export interface ScalarType {
  readonly type: 'scalar';
  readonly kind: ScalarKind;
  /** 0 is possible, of texts of no length. */
  readonly itemBytes: number;
  readonly bigEndian: boolean;
  /** NumPy's name: `float64`, `str10`, `datetime64[ns]`. */
  readonly name: string;
  /** Of datetime and timedelta. */
  readonly time?: TimeUnit;
}

/** Several values under names, one after the other. */
export interface RecordType {
  readonly type: 'record';
  readonly itemBytes: number;
  readonly fields: readonly RecordField[];
}

/** One of them; with a shape, a small array of its own in each record, always in C order. */
export interface RecordField {
  readonly name: string;
  readonly element: ElementType;
  readonly shape: readonly number[];
  /** From the start of the record, in bytes. */
  readonly offset: number;
}

export type ElementType = ScalarType | RecordType;

/** The values of one name in each element: an array of scalars has one leaf, without a name. */
export interface Leaf {
  /** `position.x` for what is nested. */
  readonly name: string;
  readonly scalar: ScalarType;
  readonly offset: number;
  /** How many values lie there one after the other. */
  readonly count: number;
  /** Of the small array in each element; empty for one value. */
  readonly shape: readonly number[];
}

/** Everything that has values in an element, in the order in which it lies there. */
export function leavesOf(element: ElementType): Leaf[] {
  const leaves: Leaf[] = [];
  collect(element, { name: '', offset: 0, shape: [] }, leaves);
  return leaves;
}

/** A small array of records has its fields' values apart, so it is taken as one leaf of bytes for each of its records' whole. */
function collect(
  element: ElementType,
  at: { name: string; offset: number; shape: readonly number[] },
  leaves: Leaf[],
): void {
  const count = at.shape.reduce((product, size) => product * size, 1);
  if (element.type === 'scalar') {
    leaves.push({ name: at.name, scalar: element, offset: at.offset, count, shape: at.shape });
    return;
  }
  if (at.shape.length > 0) {
    leaves.push({ name: at.name, scalar: rawOf(element.itemBytes), offset: at.offset, count, shape: at.shape });
    return;
  }
  for (const field of element.fields) {
    const name = at.name === '' ? field.name : `${at.name}.${field.name}`;
    collect(field.element, { name, offset: at.offset + field.offset, shape: field.shape }, leaves);
  }
}

/** Bytes without a meaning. */
export function rawOf(itemBytes: number): ScalarType {
  return { type: 'scalar', kind: 'raw', itemBytes, bigEndian: false, name: `void${itemBytes * 8}` };
}

/** Are there pickled objects in it? Then what follows the header is no array of values, but a pickle. */
export function hasObjects(element: ElementType): boolean {
  if (element.type === 'scalar') return element.kind === 'object';
  return element.fields.some((field) => hasObjects(field.element));
}
