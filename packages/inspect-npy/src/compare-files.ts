import type {
  CompareOptions,
  ContentComparison,
  ContentReader,
  InspectedFile,
  InspectOptions,
} from '@holdfast/core/inspect';
import { type OpenArray, openArray } from './array/open-array.js';
import { type Budget, budgetOf } from './budget.js';
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
  const open = async (file: InspectedFile, budget: Budget): Promise<OpenArray> => {
    const reader = await openContent(file);
    readers.push(reader);
    return openArray(reader, budget);
  };
  try {
    const budget = budgetOf(options);
    budget.check();
    const one = await open(before, budget);
    side = 'after';
    const other = await open(after, budget);
    const difference = await compareArrays(one, other, budget, options.maxChanges ?? DEFAULT_MAX_CHANGES);
    return { status: 'compared', ...difference };
  } catch (error) {
    const isBefore = error instanceof FoundFault && error.reader !== undefined && error.reader === readers[0];
    return { status: 'notCompared', side: isBefore ? 'before' : side, inspection: inspectionOf(error) };
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
}
