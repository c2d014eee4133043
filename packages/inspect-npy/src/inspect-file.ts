import type { ContentReader, InspectedFile, Inspection, InspectOptions } from '@holdfast/core/inspect';
import { isArchiveName } from './archive/archive-name.js';
import { inspectArchive } from './archive/inspect-archive.js';
import { inspectArray } from './array/inspect-array.js';
import { SAMPLE_BYTES } from './array/scan-values.js';
import { budgetOf } from './budget.js';
import { openContent } from './content.js';
import { inspectionOf } from './found-fault.js';

/** The fields of a record, as JSON: what is left of 4 KiB beside the header's facts, which take at most 1.5. */
const FIELD_ROOM_BYTES = 2400;

/**
 * Reads one file.
 *
 * @throws the reason of the signal
 */
export async function inspectFile(file: InspectedFile, options: InspectOptions = {}): Promise<Inspection> {
  let reader: ContentReader | undefined;
  try {
    const budget = budgetOf(options);
    budget.check();
    reader = await openContent(file);
    if (isArchiveName(file.name)) return await inspectArchive(reader, budget);
    return await inspectArray(reader, budget, { roomBytes: FIELD_ROOM_BYTES, sampleBytes: SAMPLE_BYTES });
  } catch (error) {
    return inspectionOf(error);
  } finally {
    await reader?.close();
  }
}
