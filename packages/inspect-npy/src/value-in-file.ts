import type { ContentReader, ContentValue, InspectedFile, Inspection, InspectOptions } from '@holdfast/core/inspect';
import { openArray } from './array/open-array.js';
import { valueAt } from './array/value-at.js';
import { budgetOf } from './budget.js';
import { openContent } from './content.js';
import { inspectionOf } from './found-fault.js';
import { parsePlace } from './place.js';

/**
 * What stands at a place of a file.
 *
 * @throws the reason of the signal
 */
export async function valueInFile(
  file: InspectedFile,
  text: string,
  options: InspectOptions = {},
): Promise<ContentValue | undefined | Inspection> {
  const place = parsePlace(text);
  if (place === undefined) return undefined;
  let reader: ContentReader | undefined;
  try {
    const budget = budgetOf(options);
    budget.check();
    reader = await openContent(file);
    if (place.member !== undefined) return undefined;
    return await valueAt(await openArray(reader, budget), place);
  } catch (error) {
    return inspectionOf(error);
  } finally {
    await reader?.close();
  }
}
