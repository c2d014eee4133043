import { type ContentFacts, type ContentReader, faulty, type Inspection } from '@holdfast/core/inspect';
import { inspectArray } from '../array/inspect-array.js';
import type { Budget } from '../budget.js';
import { FoundFault, inspectionOf, ofMember } from '../found-fault.js';
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
    // Once: for each of a hundred thousand members it would take minutes.
    const counts = countFacts(archive);
    facts = counts;
    const arrays: ContentFacts[] = [];
    let room = ARRAYS_ROOM_BYTES;
    let more = 0;
    let worst: FoundFault | undefined;
    for (const [name, member] of archive.members) {
      const inspection = await inspectMember(reader, member, budget);
      worst = worseOf(worst, name, inspection);
      if (isArray(member)) {
        const known = { name: shownName(name), ...shortened(inspection.facts ?? {}) };
        room -= Buffer.byteLength(JSON.stringify(known)) + 1;
        if (room >= 0) arrays.push(known);
        else more += 1;
      }
      facts = { ...counts, arrays, ...(more === 0 ? {} : { moreArrays: more }) };
    }
    return worst === undefined ? { status: 'sound', facts } : faulty(worst.code, worst.message, facts);
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

/** A member, read to its end: a wrong checksum explains whatever else is wrong. */
async function inspectMember(reader: ContentReader, member: ArchiveMember, budget: Budget): Promise<Inspection> {
  const opened = memberReader(reader, member, budget);
  let inspection: Inspection = { status: 'sound', facts: {} };
  try {
    if (isArray(member))
      inspection = await inspectArray(opened, budget, { roomBytes: 0, sampleBytes: Number.POSITIVE_INFINITY });
    await opened.finish();
    return inspection;
  } catch (error) {
    return inspectionOf(error, inspection.facts);
  } finally {
    await opened.close();
  }
}

/** The first fault, or the first one of those that break the archive. When the time is over there is no more to be found. */
function worseOf(worst: FoundFault | undefined, name: string, inspection: Inspection): FoundFault | undefined {
  if (inspection.status === 'sound') return worst;
  const { code, message } = inspection.fault;
  if (code === 'TIMEOUT') throw new FoundFault(code, message);
  const isWorse = worst === undefined || (inspection.status === 'broken' && faulty(worst.code, '').status === 'opaque');
  return isWorse ? ofMember(name, { code, message, reader: undefined }) : worst;
}

/** What is usual is not said of each array. */
function shortened({ formatVersion, values, byteOrder, order, ...rest }: ContentFacts): ContentFacts {
  return { ...rest, ...(byteOrder === 'big' ? { byteOrder } : {}), ...(order === 'F' ? { order } : {}) };
}
