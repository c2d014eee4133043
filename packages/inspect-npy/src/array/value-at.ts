import type { ContentValue } from '@holdfast/core/inspect';
import { readExactly } from '../content.js';
import { leavesOf } from '../header/element-type.js';
import { type Place, positionOf } from '../place.js';
import { elementText, scalarText } from '../values/value-text.js';
import { MAX_ELEMENT_BYTES } from './element-blocks.js';
import type { OpenArray } from './open-array.js';

/**
 * What stands at a place; `undefined` if there is no such place.
 *
 * @throws FoundFault
 */
export async function valueAt({ reader, header }: OpenArray, place: Place): Promise<ContentValue | undefined> {
  const { element, order } = header;
  const position = positionOf(place.index, header.shape.map(Number), order);
  if (position === undefined) return undefined;
  const read = async (offset: number, lengthBytes: number): Promise<Uint8Array> => {
    const bytes = await readExactly(reader, header.dataOffset + position * element.itemBytes + offset, lengthBytes);
    return bytes;
  };
  if (place.field === '') {
    if (element.itemBytes > MAX_ELEMENT_BYTES) return undefined;
    return { text: elementText(await read(0, element.itemBytes), element) };
  }
  const leaf = leavesOf(element).find(({ name }) => name === place.field);
  const within = leaf === undefined ? undefined : positionOf(place.inner, leaf.shape, 'C');
  if (leaf === undefined || within === undefined || leaf.scalar.itemBytes > MAX_ELEMENT_BYTES) return undefined;
  const { scalar } = leaf;
  return { text: scalarText(await read(leaf.offset + within * scalar.itemBytes, scalar.itemBytes), scalar) };
}
