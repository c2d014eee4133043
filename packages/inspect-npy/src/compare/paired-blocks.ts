import { elementsAtOnce } from '../array/element-blocks.js';
import type { OpenArray } from '../array/open-array.js';
import type { Budget } from '../budget.js';
import { readExactly } from '../content.js';
import type { NpyHeader } from '../header/npy-header.js';
import { type Box, boxElements, boxesOf, readBox } from './array-box.js';

/** Elements of two arrays that stand at the same places. */
export interface PairedBlock {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** Where an element of the block stands in the array. */
  indexOf(element: number): readonly number[];
  /** Rises in the order of the earlier file. */
  keyOf(element: number): number;
}

/** What two arrays have in common, by position. */
export interface CommonPart {
  readonly shape: readonly number[];
  readonly elements: number;
  /** They have the same values in different dimensions: places are those of the earlier one. */
  readonly isReshaped: boolean;
}

/** Nothing where they have different numbers of dimensions, unless they have as many values in the same order. */
export function commonPart(before: NpyHeader, after: NpyHeader): CommonPart | undefined {
  const isReshaped = before.shape.length !== after.shape.length;
  if (isReshaped && (before.valueCount !== after.valueCount || !isLinear(before, after))) return undefined;
  const sizes = isReshaped ? before.shape : before.shape.map((size, axis) => smaller(size, after.shape[axis] ?? 0n));
  const elements = Number(sizes.reduce((product, size) => product * size, 1n));
  return { shape: sizes.map(Number), elements, isReshaped };
}

/**
 * Goes through what two arrays have in common, side by side.
 *
 * @throws FoundFault; what the budget throws.
 */
export async function* pairedBlocks(
  before: OpenArray,
  after: OpenArray,
  common: CommonPart,
  budget: Budget,
): AsyncGenerator<PairedBlock, void, undefined> {
  if (common.elements === 0) return;
  if (common.isReshaped || isPrefix(before.header, after.header)) yield* linearPairs(before, after, common, budget);
  else yield* boxPairs(before, after, common, budget);
}

/** In their files, the common part comes first in both, in one order. */
function isPrefix(before: NpyHeader, after: NpyHeader): boolean {
  if (!isLinear(before, after)) return false;
  const sizes = before.shape.length - 1;
  // Which dimension changes slowest is the only one that may differ.
  const slowest = orderOf(before, after) === 'F' ? sizes : 0;
  return before.shape.every((size, axis) => axis === slowest || size === after.shape[axis]);
}

function isLinear(before: NpyHeader, after: NpyHeader): boolean {
  return before.order === after.order || isOneRow(before) || isOneRow(after);
}

/** With one dimension that is longer than 1, both orders are the same. */
function isOneRow({ shape }: NpyHeader): boolean {
  return shape.length <= 1;
}

function orderOf(before: NpyHeader, after: NpyHeader): 'C' | 'F' {
  return isOneRow(before) ? after.order : before.order;
}

async function* linearPairs(
  before: OpenArray,
  after: OpenArray,
  common: CommonPart,
  budget: Budget,
): AsyncGenerator<PairedBlock, void, undefined> {
  const atOnce = elementsAtOnce(Math.max(before.header.element.itemBytes, after.header.element.itemBytes));
  const isFortran = before.header.order === 'F';
  for (let first = 0; first < common.elements; first += atOnce) {
    await budget.pause();
    const count = Math.min(atOnce, common.elements - first);
    const [one, other] = await Promise.all([readElements(before, first, count), readElements(after, first, count)]);
    yield {
      before: one,
      after: other,
      indexOf: (element) => indexAt(first + element, common.shape, isFortran),
      keyOf: (element) => first + element,
    };
  }
}

async function readElements({ reader, header }: OpenArray, first: number, count: number): Promise<Uint8Array> {
  const { itemBytes } = header.element;
  const bytes = await readExactly(reader, header.dataOffset + first * itemBytes, count * itemBytes);
  return bytes;
}

async function* boxPairs(
  before: OpenArray,
  after: OpenArray,
  common: CommonPart,
  budget: Budget,
): AsyncGenerator<PairedBlock, void, undefined> {
  const itemBytes = Math.max(before.header.element.itemBytes, after.header.element.itemBytes);
  const isFortran = before.header.order === 'F';
  for (const box of boxesOf(common.shape, itemBytes)) {
    const one = await readBox(before.reader, before.header, box, budget);
    const other = await readBox(after.reader, after.header, box, budget);
    const indexOf = (element: number): number[] => placeIn(box, element);
    yield { before: one, after: other, indexOf, keyOf: (element) => keyAt(indexOf(element), common.shape, isFortran) };
  }
}

function placeIn(box: Box, element: number): number[] {
  return boxElements(box) === 0
    ? []
    : indexAt(element, box.extents, false).map((at, axis) => at + (box.lower[axis] ?? 0));
}

/** The index of the element at a position, counted in the order of the file. */
function indexAt(position: number, shape: readonly number[], isFortran: boolean): number[] {
  const index = shape.map(() => 0);
  let rest = position;
  for (let step = 0; step < shape.length; step++) {
    const axis = isFortran ? step : shape.length - 1 - step;
    const size = shape[axis] ?? 1;
    index[axis] = rest % size;
    rest = Math.floor(rest / size);
  }
  return index;
}

function keyAt(index: readonly number[], shape: readonly number[], isFortran: boolean): number {
  const axes = isFortran ? index.map((_, axis) => index.length - 1 - axis) : index.map((_, axis) => axis);
  return axes.reduce((key, axis) => key * (shape[axis] ?? 1) + (index[axis] ?? 0), 0);
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
