import {
  type ContentReader,
  faulty,
  type InspectedFile,
  type Inspection,
  type InspectOptions,
  openInspected,
} from '@holdfast/core/inspect';
import { inspectArray } from './array/inspect-array.js';
import { budgetOf } from './budget.js';

/** The fields of a record, as JSON: what is left of 4 KiB beside the header's facts, which take at most 1.5. */
const FIELD_ROOM_BYTES = 2400;

/** Reads one file. */
export async function inspectFile(file: InspectedFile, options: InspectOptions = {}): Promise<Inspection> {
  const budget = budgetOf(options);
  budget.check();
  return withReader(file, (reader) => inspectArray(reader, budget, { roomBytes: FIELD_ROOM_BYTES, whole: false }));
}

/** Opens a content, and closes it. A medium that does not give it back is no reason to stop a backup. */
async function withReader(
  file: InspectedFile,
  look: (reader: ContentReader) => Promise<Inspection>,
): Promise<Inspection> {
  let reader: ContentReader | undefined;
  try {
    reader = await openInspected(file);
    return await look(reader);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error && 'code' in error)
      return faulty('UNSUPPORTED', `it cannot be read: the system says ${String(error.code)}`);
    throw error;
  } finally {
    await reader?.close();
  }
}
