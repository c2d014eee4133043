import {
  type ElementType,
  type RecordField,
  rawOf,
  type ScalarKind,
  type ScalarType,
  TIME_UNITS,
  type TimeUnit,
} from './element-type.js';
import type { PythonLiteral } from './python-literal.js';

/** A `descr` that names no type of NumPy. */
export class DescrError extends Error {}

/** NumPy keeps the size of an element in an int. */
const MAX_ITEM_BYTES = 2 ** 31 - 1;
/** Arrays have at most 64 dimensions (32 before NumPy 2). */
export const MAX_DIMENSIONS = 64;
const MAX_DEPTH = 16;

const SCALAR = /^([<>=|]?)([biufcSaUVOMm?])(\d{0,10})(?:\[(\d{0,9})([A-Za-z]{1,2})\])?$/;

/**
 * The type of the elements, from the literal under `descr`: `'<f8'`, or a list of fields.
 *
 * @throws DescrError
 */
export function parseDescr(descr: PythonLiteral, depth = 0): ElementType {
  if (depth > MAX_DEPTH) throw new DescrError('records are nested too deeply');
  if (descr.type === 'text') return parseScalar(descr.value);
  if (descr.type === 'list') return parseRecord(descr.items, depth);
  throw new DescrError('the type of the elements is neither a text nor a list of fields');
}

function parseRecord(items: readonly PythonLiteral[], depth: number): ElementType {
  const fields: RecordField[] = [];
  const names = new Set<string>();
  let offset = 0;
  for (const [index, item] of items.entries()) {
    if (item.type !== 'tuple') throw new DescrError('a field of the record is no tuple');
    const [nameItem, descr, shapeItem, ...rest] = item.items;
    if (nameItem === undefined || descr === undefined || rest.length > 0)
      throw new DescrError('a field of the record has not two or three parts');
    const { element, shape } = parseFieldType(descr, shapeItem, depth);
    const name = fieldName(nameItem);
    const sizeBytes = shape.reduce((product, size) => product * size, element.itemBytes);
    // Without a name and a meaning, it fills the gaps that alignment leaves.
    const isPadding = name === '' && element.type === 'scalar' && element.kind === 'raw';
    if (!isPadding) {
      const known = name === '' ? `f${index}` : name;
      if (names.has(known)) throw new DescrError('two fields of the record have one name');
      names.add(known);
      fields.push({ name: known, element, shape, offset });
    }
    offset = checkedBytes(offset + sizeBytes);
  }
  return { type: 'record', itemBytes: offset, fields };
}

/** `'<f4'`, `('<f4', (2,))`, or `'<f4', (2,)` as two parts of the field. */
function parseFieldType(
  descr: PythonLiteral,
  shapeItem: PythonLiteral | undefined,
  depth: number,
): { element: ElementType; shape: readonly number[] } {
  if (descr.type !== 'tuple') return { element: parseDescr(descr, depth + 1), shape: parseSubshape(shapeItem) };
  const [inner, innerShape, ...rest] = descr.items;
  if (inner === undefined || innerShape === undefined || rest.length > 0 || depth > MAX_DEPTH)
    throw new DescrError('the type of a field has not two parts');
  const below = parseFieldType(inner, innerShape, depth + 1);
  return { element: below.element, shape: checkedShape([...parseSubshape(shapeItem), ...below.shape]) };
}

/** A text, or a pair of a title and the name. */
function fieldName(item: PythonLiteral): string {
  if (item.type === 'text') return item.value;
  const name = item.type === 'tuple' && item.items.length === 2 ? item.items[1] : undefined;
  if (name?.type !== 'text') throw new DescrError('a field of the record has no name');
  return name.value;
}

function parseSubshape(item: PythonLiteral | undefined): readonly number[] {
  if (item === undefined) return [];
  const sizes = item.type === 'tuple' ? item.items : [item];
  return checkedShape(
    sizes.map((size) => {
      if (size.type !== 'integer' || size.value < 0n) throw new DescrError('the shape of a field is no list of sizes');
      return checkedBytes(Number(size.value));
    }),
  );
}

function checkedShape(shape: readonly number[]): readonly number[] {
  if (shape.length > MAX_DIMENSIONS) throw new DescrError('a field has too many dimensions');
  checkedBytes(shape.reduce((product, size) => product * size, 1));
  return shape;
}

function checkedBytes(sizeBytes: number): number {
  if (sizeBytes <= MAX_ITEM_BYTES) return sizeBytes;
  throw new DescrError('an element is larger than 2 GiB');
}

/** The sizes that the kinds have, in bytes. Those of more than 64 bits are kept as bytes. */
const SIZES: Partial<Record<string, readonly number[]>> = {
  b: [1],
  '?': [1],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  f: [2, 4, 8, 10, 12, 16],
  c: [8, 16, 20, 24, 32],
  M: [8],
  m: [8],
};
const KINDS: Readonly<Record<string, { readonly kind: ScalarKind; readonly name: string }>> = {
  b: { kind: 'bool', name: 'bool' },
  '?': { kind: 'bool', name: 'bool' },
  i: { kind: 'int', name: 'int' },
  u: { kind: 'uint', name: 'uint' },
  f: { kind: 'float', name: 'float' },
  c: { kind: 'complex', name: 'complex' },
  M: { kind: 'datetime', name: 'datetime' },
  m: { kind: 'timedelta', name: 'timedelta' },
  S: { kind: 'bytes', name: 'bytes' },
  a: { kind: 'bytes', name: 'bytes' },
  U: { kind: 'text', name: 'str' },
  V: { kind: 'raw', name: 'void' },
  O: { kind: 'object', name: 'object' },
};

function parseScalar(text: string): ScalarType {
  const [, order = '', letter = '', digits = '', count, unit] = SCALAR.exec(text) ?? [];
  const known = KINDS[letter];
  if (known === undefined) throw new DescrError('the type of the elements is none of NumPy');
  const size = digits === '' ? (letter === '?' || letter === 'b' ? 1 : 0) : Number(digits);
  if (unit !== undefined && letter !== 'M' && letter !== 'm')
    throw new DescrError('a unit of time stands with what is no time');
  if (SIZES[letter]?.includes(size) === false) throw new DescrError('the elements have a size that their type has not');
  if (letter === 'O') return { type: 'scalar', kind: 'object', itemBytes: 8, bigEndian: false, name: 'object' };
  const bigEndian = order === '>';
  if (letter === 'U')
    return { type: 'scalar', kind: 'text', itemBytes: checkedBytes(size * 4), bigEndian, name: `str${size}` };
  if (letter === 'S' || letter === 'a')
    return { type: 'scalar', kind: 'bytes', itemBytes: checkedBytes(size), bigEndian: false, name: `bytes${size}` };
  if (letter === 'V') return rawOf(checkedBytes(size));
  if (letter === 'M' || letter === 'm') return timeType(known, parseUnit(count, unit), bigEndian);
  const name = known.kind === 'bool' ? 'bool' : `${known.name}${size * 8}`;
  if ((letter === 'f' && size > 8) || (letter === 'c' && size > 16)) return { ...rawOf(size), name, bigEndian };
  return { type: 'scalar', kind: known.kind, itemBytes: size, bigEndian, name };
}

function timeType(known: { kind: ScalarKind; name: string }, time: TimeUnit, bigEndian: boolean): ScalarType {
  const step = `${time.count === 1 ? '' : time.count}${time.unit}`;
  const name = `${known.name}64${time.unit === 'generic' ? '' : `[${step}]`}`;
  return { type: 'scalar', kind: known.kind, itemBytes: 8, bigEndian, name, time };
}

function parseUnit(count: string | undefined, text: string | undefined): TimeUnit {
  const unit = text === undefined ? 'generic' : TIME_UNITS.find((name) => name === text);
  const steps = count === undefined || count === '' ? 1 : Number(count);
  if (unit === undefined || steps === 0) throw new DescrError('the unit of the times is none of NumPy');
  return { unit, count: steps };
}
