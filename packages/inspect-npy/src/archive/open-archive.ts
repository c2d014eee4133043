import type { ContentReader } from '@holdfast/core/inspect';
import type { Budget } from '../budget.js';
import { FoundFault } from '../found-fault.js';
import { foreignFormat } from '../header/foreign-format.js';
import { shownName } from '../shown-name.js';
import { assertInflatable } from './inflatable.js';
import { type ArchiveMember, readDirectory } from './zip-directory.js';

/** An archive of arrays that is open. */
export interface OpenArchive {
  readonly reader: ContentReader;
  /** By name, those that are arrays without the ending of their kind: as NumPy gives them back. */
  readonly members: ReadonlyMap<string, ArchiveMember>;
}

const ARRAY_ENDING = /\.npy$/i;
const BEGINNINGS: readonly string[] = ['PK\x03\x04', 'PK\x05\x06'];

/** Is this member an array? */
export function isArray(member: ArchiveMember): boolean {
  return ARRAY_ENDING.test(member.name);
}

/**
 * Reads the directory of an archive, and refuses what could not be an archive of arrays.
 *
 * @throws FoundFault; what the budget throws.
 */
export async function openArchive(reader: ContentReader, budget: Budget): Promise<OpenArchive> {
  const first = await reader.read(0, 512);
  const start = Buffer.from(first.subarray(0, 4)).toString('latin1');
  if (!BEGINNINGS.includes(start)) {
    const { code, message } = await foreignFormat(first, { expected: 'PK\x03\x04', reader, budget });
    throw new FoundFault(code, message, { reader });
  }
  const members = new Map<string, ArchiveMember>();
  const all = await readDirectory(reader, budget);
  for (const member of all) {
    const name = member.name.replace(ARRAY_ENDING, '');
    if (members.has(name)) throw new FoundFault('INVALID', `it has two members named ${shownName(name)}`, { reader });
    members.set(name, member);
  }
  if (all.length > 0 && !all.some(isArray))
    throw new FoundFault('MISNAMED', 'it is a zip archive without arrays', { reader });
  await assertInflatable(reader, all, budget);
  return { reader, members };
}
