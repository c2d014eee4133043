import type { ContentReader } from '@holdfast/core/inspect';
import type { Budget } from '../budget.js';
import { readExactly } from '../content.js';
import type { NpyHeader } from '../header/npy-header.js';

/** A part of an array: from where on, and how far, in each dimension. */
export interface Box {
  readonly lower: readonly number[];
  readonly extents: readonly number[];
}

/** A box of each side and its transposition are held. */
const BOX_BYTES = 8 * 1024 * 1024;

/** How many elements a box has. */
export function boxElements({ extents }: Box): number {
  return extents.reduce((product, extent) => product * extent, 1);
}

/**
 * Cuts an array into boxes that are as long in the first dimension as in the last one, as far as there is room: so both memory orders
 * are read in long runs.
 *
 * @param boxBytes how large a box may be
 */
export function* boxesOf(
  shape: readonly number[],
  itemBytes: number,
  boxBytes: number = BOX_BYTES,
): Generator<Box, void, undefined> {
  const extents = extentsOf(shape, Math.max(1, Math.floor(boxBytes / itemBytes)));
  const lower = shape.map(() => 0);
  for (;;) {
    yield {
      lower: [...lower],
      extents: extents.map((extent, axis) => Math.min(extent, sizeAt(shape, axis) - sizeAt(lower, axis))),
    };
    let axis = shape.length - 1;
    for (; axis >= 0; axis--) {
      const next = sizeAt(lower, axis) + sizeAt(extents, axis);
      lower[axis] = next < sizeAt(shape, axis) ? next : 0;
      if (next < sizeAt(shape, axis)) break;
    }
    if (axis < 0) return;
  }
}

function extentsOf(shape: readonly number[], room: number): number[] {
  const extents = shape.map(() => 1);
  const last = shape.length - 1;
  const used = (): number => extents.reduce((product, extent) => product * extent, 1);
  const grow = (axis: number, most: number): void => {
    const others = used() / sizeAt(extents, axis);
    extents[axis] = Math.max(1, Math.min(sizeAt(shape, axis), most, Math.floor(room / others)));
  };
  if (last < 0) return extents;
  grow(last, Math.ceil(Math.sqrt(room)));
  grow(0, room);
  grow(last, room);
  for (let axis = last - 1; axis > 0; axis--) grow(axis, room);
  return extents;
}

/**
 * Reads a box: its elements in C order, whatever the order of the file.
 *
 * @throws FoundFault; what the budget throws.
 */
export async function readBox(reader: ContentReader, header: NpyHeader, box: Box, budget: Budget): Promise<Uint8Array> {
  const isFortran = header.order === 'F';
  const turn = <Item>(items: readonly Item[]): Item[] => (isFortran ? [...items].reverse() : [...items]);
  const shape = turn(header.shape.map(Number));
  const inFileOrder = await readRuns(
    reader,
    header,
    { shape, lower: turn(box.lower), extents: turn(box.extents) },
    budget,
  );
  return isFortran ? transposed(inFileOrder, box.extents, header.element.itemBytes) : inFileOrder;
}

/** The runs of a box in the order of the file, each as long as they lie together. */
async function readRuns(
  reader: ContentReader,
  header: NpyHeader,
  { shape, lower, extents }: Box & { readonly shape: readonly number[] },
  budget: Budget,
): Promise<Uint8Array> {
  const { itemBytes } = header.element;
  let runAxis = shape.length - 1;
  while (runAxis > 0 && sizeAt(extents, runAxis) === sizeAt(shape, runAxis)) runAxis -= 1;
  const runElements = extents.slice(Math.max(0, runAxis)).reduce((product, extent) => product * extent, 1);
  const strides = stridesOf(shape);
  const outer = extents.slice(0, Math.max(0, runAxis));
  const runs = outer.reduce((product, extent) => product * extent, 1);
  const bytes = new Uint8Array(runs * runElements * itemBytes);
  const at = outer.map(() => 0);
  for (let run = 0; run < runs; run++) {
    await budget.pause();
    const first = lower.reduce((sum, from, axis) => sum + (from + (at[axis] ?? 0)) * sizeAt(strides, axis), 0);
    const piece = await readExactly(reader, header.dataOffset + first * itemBytes, runElements * itemBytes);
    bytes.set(piece, run * runElements * itemBytes);
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      at[axis] = sizeAt(at, axis) + 1;
      if (sizeAt(at, axis) < sizeAt(outer, axis)) break;
      at[axis] = 0;
    }
  }
  return bytes;
}

/** Elements in Fortran order, put into C order. */
function transposed(bytes: Uint8Array, extents: readonly number[], itemBytes: number): Uint8Array {
  // Four bytes at a time where that is possible: most elements are numbers.
  const isWords = itemBytes % 4 === 0 && bytes.byteOffset % 4 === 0;
  const from = isWords ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4) : bytes;
  const result = new Uint8Array(bytes.length);
  const to = isWords ? new Uint32Array(result.buffer) : result;
  const size = isWords ? itemBytes / 4 : itemBytes;
  const strides = stridesOf([...extents].reverse()).reverse();
  const last = extents.length - 1;
  const row = sizeAt(extents, last);
  const rowStep = sizeAt(strides, last) * size;
  const at = extents.map(() => 0);
  let rowStart = 0;
  for (let position = 0; position < to.length; ) {
    for (let element = 0, source = rowStart; element < row; element++, source += rowStep)
      for (let unit = 0; unit < size; unit++) to[position++] = from[source + unit] as number;
    for (let axis = last - 1; axis >= 0; axis--) {
      const step = sizeAt(strides, axis) * size;
      at[axis] = sizeAt(at, axis) + 1;
      rowStart += step;
      if (sizeAt(at, axis) < sizeAt(extents, axis)) break;
      rowStart -= step * sizeAt(at, axis);
      at[axis] = 0;
    }
  }
  return result;
}

/** How far apart neighbours are in each dimension, in elements, when the last index changes fastest. */
function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    strides[axis] = sizeAt(strides, axis + 1) * sizeAt(shape, axis + 1);
  return strides;
}

function sizeAt(sizes: readonly number[], axis: number): number {
  return sizes[axis] ?? 0;
}
