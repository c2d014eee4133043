import { type ContentFacts, type ContentReader, faulty, type Inspection } from '@holdfast/core/inspect';
import { inspectArray } from '../array/inspect-array.js';
import type { Budget } from '../budget.js';
import { FoundFault, inspectionOf } from '../found-fault.js';
import { MAGIC } from '../header/npy-header.js';
import { shownName } from '../shown-name.js';
import { memberReader } from './member-reader.js';
import { isArray, type OpenArchive, openArchive } from './open-archive.js';
import type { ArchiveMember } from './zip-directory.js';

/** How long the facts of single arrays may be, as JSON; those of others are counted. */
const ARRAYS_ROOM_BYTES = 3400;

/**
 * Reads an archive of arrays: every member to its end, so that a flipped bit is found wherever it is.
 *
 * @throws the reason of the signal
 */
export async function inspectArchive(reader: ContentReader, budget: Budget): Promise<Inspection> {
  let facts: ContentFacts | undefined;
  try {
    const archive = await openArchive(reader, budget);
    facts = countFacts(archive);
    await assertInflatable(archive, budget);
    const arrays: ContentFacts[] = [];
    let room = ARRAYS_ROOM_BYTES;
    let more = 0;
    let worst: Inspection | undefined;
    for (const [name, member] of archive.members) {
      const inspection = await inspectMember(reader, member, budget);
      if (inspection.status !== 'sound' && worst?.status !== 'broken')
        worst = worst === undefined || inspection.status === 'broken' ? ofMember(name, inspection) : worst;
      if (isArray(member)) {
        const known = { name: shownName(name), ...shortened(inspection.facts ?? {}) };
        room -= Buffer.byteLength(JSON.stringify(known)) + 1;
        if (room >= 0) arrays.push(known);
        else more += 1;
      }
      facts = { ...countFacts(archive), arrays, ...(more === 0 ? {} : { moreArrays: more }) };
      if (worst?.status === 'opaque' && worst.fault.code === 'TIMEOUT') break;
    }
    if (worst === undefined || worst.status === 'sound') return { status: 'sound', facts };
    return faulty(worst.fault.code, worst.fault.message, facts);
  } catch (error) {
    return inspectionOf(error, facts);
  }
}

function countFacts({ members }: OpenArchive): ContentFacts {
  const all = [...members.values()];
  const count = all.filter(isArray).length;
  return {
    arrayCount: count,
    ...(count === all.length ? {} : { otherMembers: all.length - count }),
    unpackedBytes: all.reduce((sum, member) => sum + member.sizeBytes, 0),
  };
}

/**
 * May all of this come out of it? An archive of zeros packs a thousand to one and is sound, so what is honest is only too large; a bomb is
 * what has no arrays in its large members.
 */
async function assertInflatable({ reader, members }: OpenArchive, budget: Budget): Promise<void> {
  const { maxInflatedBytes } = budget.limits;
  const packed = [...members.values()].filter((member) => member.packedBytes < member.sizeBytes);
  const announcedBytes = packed.reduce((sum, member) => sum + member.sizeBytes, 0);
  if (announcedBytes <= maxInflatedBytes) return;
  const [largest] = packed.sort((one, other) => other.sizeBytes - one.sizeBytes);
  const what = `${announcedBytes} bytes would come out of it, and ${maxInflatedBytes} may`;
  if (largest !== undefined && !(await beginsAsArray(reader, largest, budget))) throw new FoundFault('BOMB', what);
  throw new FoundFault('TOO_LARGE', what);
}

async function beginsAsArray(reader: ContentReader, member: ArchiveMember, budget: Budget): Promise<boolean> {
  const opened = memberReader(reader, member, budget);
  try {
    const first = await opened.read(0, MAGIC.length);
    return MAGIC.every((byte, index) => first[index] === byte);
  } finally {
    await opened.close();
  }
}

async function inspectMember(reader: ContentReader, member: ArchiveMember, budget: Budget): Promise<Inspection> {
  const opened = memberReader(reader, member, budget);
  let inspection: Inspection = { status: 'sound', facts: {} };
  try {
    if (isArray(member)) inspection = await inspectArray(opened, budget, { roomBytes: 0, whole: true });
    if (inspection.status !== 'broken') await opened.finish();
    return inspection;
  } catch (error) {
    return inspectionOf(error, inspection.facts);
  } finally {
    await opened.close();
  }
}

function ofMember(name: string, inspection: Exclude<Inspection, { status: 'sound' }>): Inspection {
  return faulty(inspection.fault.code, `its member ${shownName(name)}: ${inspection.fault.message}`);
}

/** What is usual is not said of each array. */
function shortened({ formatVersion, values, byteOrder, order, ...rest }: ContentFacts): ContentFacts {
  return { ...rest, ...(byteOrder === 'big' ? { byteOrder } : {}), ...(order === 'F' ? { order } : {}) };
}
