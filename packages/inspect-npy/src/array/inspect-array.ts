import {
  type ContentFacts,
  type ContentFault,
  type ContentReader,
  faulty,
  type Inspection,
} from '@holdfast/core/inspect';
import { type Budget, OutOfTime } from '../budget.js';
import { HeaderFault, MAGIC, type NpyHeader, readNpyHeader } from '../header/npy-header.js';
import { headerFacts, valueFacts } from './array-facts.js';
import { EndsTooEarly } from './element-blocks.js';
import { scanValues } from './scan-values.js';

export interface ArrayLook {
  /** How long the fields of a record may be in the facts, as JSON. */
  readonly roomBytes: number;
  /** Every value, however many there are. */
  readonly whole: boolean;
}

/** Reads one array: a file, or a member of an archive. */
export async function inspectArray(reader: ContentReader, budget: Budget, look: ArrayLook): Promise<Inspection> {
  let facts: ContentFacts | undefined;
  try {
    const header = await readNpyHeader(reader, budget);
    facts = headerFacts(header);
    const lengthFault = await checkLength(reader, header);
    if (header.dataBytes !== undefined && lengthFault?.code !== 'TRUNCATED') {
      const scanned = await scanValues(reader, header, budget, look.whole);
      facts = { ...facts, ...valueFacts(header, scanned, look.roomBytes) };
      const [fault] = scanned.faults;
      if (lengthFault === undefined && fault !== undefined) return faulty('INVALID', fault, facts);
    }
    return lengthFault === undefined
      ? { status: 'sound', facts }
      : faulty(lengthFault.code, lengthFault.message, facts);
  } catch (error) {
    if (error instanceof HeaderFault) return faulty(error.code, error.message, facts);
    if (error instanceof EndsTooEarly) return faulty('TRUNCATED', error.message, facts);
    if (error instanceof OutOfTime) return faulty('TIMEOUT', error.message, facts);
    throw error;
  }
}

const PICKLE_STOP = '.'.charCodeAt(0);

/** Is just as much there as the header announces? Of pickled objects only the last byte can be known: each pickle ends with a stop. */
async function checkLength(
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
    : { code: 'INVALID', message: `${more} bytes follow its values` };
}
