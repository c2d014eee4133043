import type { ContentFault, ContentReader } from '@holdfast/core/inspect';
import type { Budget } from '../budget.js';
import { FoundFault } from '../found-fault.js';
import { MAGIC, type NpyHeader, readNpyHeader } from '../header/npy-header.js';
import { headerFacts } from './array-facts.js';

/** An array that is open, with its length checked. */
export interface OpenArray {
  readonly reader: ContentReader;
  readonly header: NpyHeader;
}

/**
 * Reads the header of an array whose values are about to be read.
 *
 * @throws FoundFault if it is broken or has objects; what the budget throws.
 */
export async function openArray(reader: ContentReader, budget: Budget): Promise<OpenArray> {
  const header = await readNpyHeader(reader, budget);
  const fault = await lengthFault(reader, header);
  if (fault !== undefined) throw new FoundFault(fault.code, fault.message, { facts: headerFacts(header), reader });
  return { reader, header };
}

const PICKLE_STOP = '.'.charCodeAt(0);

/** Is just as much there as the header announces? Of pickled objects only the last byte can be known: each pickle ends with a stop. */
export async function lengthFault(
  reader: ContentReader,
  { dataOffset, dataBytes }: NpyHeader,
): Promise<ContentFault | undefined> {
  const available = reader.sizeBytes - dataOffset;
  if (dataBytes === undefined) {
    const last = available > 0 ? (await reader.read(reader.sizeBytes - 1, 1))[0] : undefined;
    return last === PICKLE_STOP
      ? { code: 'UNSUPPORTED', message: 'its elements are pickled objects, which are never loaded' }
      : { code: 'TRUNCATED', message: 'its pickled objects end too early' };
  }
  if (dataBytes > BigInt(available))
    return { code: 'TRUNCATED', message: `it has ${available} of the ${dataBytes} bytes of its values` };
  const more = available - Number(dataBytes);
  if (more === 0) return undefined;
  const next = await reader.read(dataOffset + Number(dataBytes), MAGIC.length);
  return next.length === MAGIC.length && MAGIC.every((byte, index) => next[index] === byte)
    ? { code: 'UNSUPPORTED', message: `another array follows, in ${more} bytes that are not looked at` }
    : { code: 'INVALID', message: `${more} ${more === 1 ? 'byte follows' : 'bytes follow'} its values` };
}
