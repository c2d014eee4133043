import type { ContentReader } from '@holdfast/core/inspect';
import type { Budget } from '../budget.js';
import { FoundFault } from '../found-fault.js';
import { MAGIC } from '../header/npy-header.js';
import { memberReader } from './member-reader.js';
import type { ArchiveMember } from './zip-directory.js';

/** No more than this comes out of a byte: 258 out of two bits (RFC 1951). */
const MAX_RATIO = 1032;

/**
 * May all of this come out of the archive? One of zeros packs a thousand to one and is sound, so what is honest is only too large; a bomb is
 * one that has no array in its largest member.
 *
 * @throws FoundFault; what the budget throws.
 */
export async function assertInflatable(
  archive: ContentReader,
  members: readonly ArchiveMember[],
  budget: Budget,
): Promise<void> {
  const { maxInflatedBytes } = budget.limits;
  const packed = members.filter((member) => member.packedBytes !== member.sizeBytes);
  if (packed.some((member) => member.sizeBytes > member.packedBytes * MAX_RATIO))
    throw new FoundFault('INVALID', 'a member announces more than can come out of it', { reader: archive });
  const announcedBytes = packed.reduce((sum, member) => sum + member.sizeBytes, 0);
  if (announcedBytes <= maxInflatedBytes) return;
  const [largest] = packed.sort((one, other) => other.sizeBytes - one.sizeBytes);
  const isBomb = largest !== undefined && !(await beginsAsArray(archive, largest, budget));
  const what = `${announcedBytes} bytes would come out of it, and ${maxInflatedBytes} may`;
  throw new FoundFault(isBomb ? 'BOMB' : 'TOO_LARGE', what, { reader: archive });
}

async function beginsAsArray(archive: ContentReader, member: ArchiveMember, budget: Budget): Promise<boolean> {
  const opened = memberReader(archive, member, budget);
  try {
    const first = await opened.read(0, MAGIC.length);
    return MAGIC.every((byte, index) => first[index] === byte);
  } finally {
    await opened.close();
  }
}
