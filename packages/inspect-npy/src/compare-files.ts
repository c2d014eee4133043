import type {
  CompareOptions,
  ContentComparison,
  ContentReader,
  InspectedFile,
  InspectOptions,
} from '@holdfast/core/inspect';
import { isArchiveName } from './archive/archive-name.js';
import { openArray } from './array/open-array.js';
import { budgetOf } from './budget.js';
import { compareArchives } from './compare/compare-archives.js';
import { compareArrays } from './compare/compare-arrays.js';
import { openContent } from './content.js';
import { FoundFault, inspectionOf } from './found-fault.js';

const DEFAULT_MAX_CHANGES = 20;

/**
 * Compares two files.
 *
 * @throws the reason of the signal
 */
export async function compareFiles(
  before: InspectedFile,
  after: InspectedFile,
  options: InspectOptions & CompareOptions = {},
): Promise<ContentComparison> {
  const readers: ContentReader[] = [];
  let side: 'before' | 'after' = 'before';
  const open = async (file: InspectedFile): Promise<ContentReader> => {
    const reader = await openContent(file);
    readers.push(reader);
    return reader;
  };
  try {
    const budget = budgetOf(options);
    budget.check();
    const maxChanges = options.maxChanges ?? DEFAULT_MAX_CHANGES;
    const one = await open(before);
    if (isArchiveName(before.name)) {
      side = 'after';
      return await compareArchives(one, await open(after), budget, maxChanges);
    }
    const oneArray = await openArray(one, budget);
    side = 'after';
    const otherArray = await openArray(await open(after), budget);
    return { status: 'compared', ...(await compareArrays(oneArray, otherArray, budget, maxChanges)) };
  } catch (error) {
    const isBefore = error instanceof FoundFault && error.reader !== undefined && error.reader === readers[0];
    return { status: 'notCompared', side: isBefore ? 'before' : side, inspection: inspectionOf(error) };
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
}
