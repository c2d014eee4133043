import type { ContentReader, ContentValue, InspectedFile, Inspection, InspectOptions } from '@holdfast/core/inspect';
import { isArchiveName } from './archive/archive-name.js';
import { memberReader } from './archive/member-reader.js';
import { isArray, openArchive } from './archive/open-archive.js';
import { openArray } from './array/open-array.js';
import { valueAt } from './array/value-at.js';
import { type Budget, budgetOf } from './budget.js';
import { openContent } from './content.js';
import { inspectionOf } from './found-fault.js';
import { type Place, parsePlace } from './place.js';

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
    const isArchive = isArchiveName(file.name);
    if (isArchive !== (place.member !== undefined)) return undefined;
    const array = isArchive ? await memberOf(reader, place, budget) : reader;
    return array === undefined ? undefined : await valueAt(await openArray(array, budget), place);
  } catch (error) {
    return inspectionOf(error);
  } finally {
    await reader?.close();
  }
}

/** The array of the archive that a place names. A packed one is read up to the value. */
async function memberOf(reader: ContentReader, place: Place, budget: Budget): Promise<ContentReader | undefined> {
  const { members } = await openArchive(reader, budget);
  const member = members.get(place.member ?? '');
  return member === undefined || !isArray(member) ? undefined : memberReader(reader, member, budget);
}
