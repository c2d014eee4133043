import { type ContentFacts, type ContentReader, faulty, type Inspection } from '@holdfast/core/inspect';
import type { Budget } from '../budget.js';
import { inspectionOf } from '../found-fault.js';
import { readNpyHeader } from '../header/npy-header.js';
import { headerFacts, valueFacts } from './array-facts.js';
import { lengthFault } from './open-array.js';
import { scanValues } from './scan-values.js';

/** How an array is looked at. */
export interface ArrayLook {
  /** How long the fields of a record may be in the facts, as JSON. */
  readonly roomBytes: number;
  /** Of a larger array only a sample of this size is looked at. */
  readonly sampleBytes: number;
}

/**
 * Reads one array: a file, or a member of an archive. Where the length is wrong, what is there is looked at all the same, unless values are missing.
 *
 * @throws the reason of the signal
 */
export async function inspectArray(reader: ContentReader, budget: Budget, look: ArrayLook): Promise<Inspection> {
  let facts: ContentFacts | undefined;
  try {
    const header = await readNpyHeader(reader, budget);
    facts = headerFacts(header);
    let fault = await lengthFault(reader, header);
    if (header.dataBytes !== undefined && fault?.code !== 'TRUNCATED') {
      const scanned = await scanValues(reader, header, budget, look.sampleBytes);
      facts = { ...facts, ...valueFacts(header, scanned, look.roomBytes) };
      const [message] = scanned.faults;
      if (message !== undefined) fault ??= { code: 'INVALID', message };
    }
    return fault === undefined ? { status: 'sound', facts } : faulty(fault.code, fault.message, facts);
  } catch (error) {
    return inspectionOf(error, facts);
  }
}
