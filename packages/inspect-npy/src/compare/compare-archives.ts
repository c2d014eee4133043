import type { ContentChange, ContentComparison, ContentFacts, ContentReader } from '@holdfast/core/inspect';
import { type MemberReader, memberReader } from '../archive/member-reader.js';
import { isArray, type OpenArchive, openArchive } from '../archive/open-archive.js';
import type { ArchiveMember } from '../archive/zip-directory.js';
import { type OpenArray, openArray } from '../array/open-array.js';
import type { Budget } from '../budget.js';
import { readerOf } from '../content.js';
import { counted } from '../describe-array.js';
import { FoundFault, ofMember } from '../found-fault.js';
import { shownName } from '../shown-name.js';
import { type ArrayDifference, compareArrays } from './compare-arrays.js';
import { areSameBytes } from './compare-bytes.js';

/** So many arrays are described line by line. */
const MAX_DESCRIBED = 10;
/** An array whose order of memory was turned is read all over, which a packed one cannot be: it is held. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/**
 * Compares two archives of arrays, member by member under their names.
 *
 * @throws FoundFault; what the budget throws.
 */
export async function compareArchives(
  before: ContentReader,
  after: ContentReader,
  budget: Budget,
  maxChanges: number,
): Promise<Extract<ContentComparison, { status: 'compared' }>> {
  const one = await openArchive(before, budget);
  const other = await openArchive(after, budget);
  const all: ContentChange[] = [];
  const lines: string[] = [];
  let omitted = 0;
  let changedArrays = 0;
  const offer = (changes: readonly ContentChange[]): void => {
    const room = Math.max(0, maxChanges - all.length);
    all.push(...changes.slice(0, room));
    omitted += Math.max(0, changes.length - room);
  };
  for (const [name, member] of one.members) {
    const next = other.members.get(name);
    const place = shownName(name);
    if (next === undefined) {
      offer([{ place, change: 'removed' }]);
      continue;
    }
    const difference = await compareMembers({ name, one, other, member, next }, budget, maxChanges - all.length);
    if (difference.isEqual) continue;
    changedArrays += 1;
    if (changedArrays <= MAX_DESCRIBED) lines.push(...difference.lines.slice(0, 3).map((line) => `${place}: ${line}`));
    offer(
      difference.changes.length === 0 && difference.omittedChanges === 0
        ? [{ place, change: 'changed' }]
        : difference.changes.map((change) => ({ ...change, place: `${place}${change.place}` })),
    );
    omitted += difference.omittedChanges;
  }
  const added = [...other.members.keys()].filter((name) => !one.members.has(name));
  const removed = [...one.members.keys()].filter((name) => !other.members.has(name));
  offer(added.map((name) => ({ place: shownName(name), change: 'added' })));
  const facts = { changedMembers: changedArrays, addedMembers: added.length, removedMembers: removed.length };
  const isEqual = changedArrays + added.length + removed.length === 0;
  const more = changedArrays - MAX_DESCRIBED;
  return {
    status: 'compared',
    isEqual,
    lines: [
      ...summary(facts),
      ...lines,
      ...(more > 0 ? [`and ${counted(more, 'changed array', 'changed arrays')} more`] : []),
    ],
    facts,
    changes: all,
    omittedChanges: omitted,
  };
}

function summary({ changedMembers, addedMembers, removedMembers }: ContentFacts): string[] {
  const parts = [
    ...(changedMembers === 0 ? [] : [`${counted(changedMembers, 'array', 'arrays')} changed`]),
    ...(addedMembers === 0 ? [] : [`${counted(addedMembers, 'array', 'arrays')} added`]),
    ...(removedMembers === 0 ? [] : [`${counted(removedMembers, 'array', 'arrays')} removed`]),
  ];
  return [parts.length === 0 ? 'the same arrays' : parts.join(', ')];
}

interface MemberPair {
  readonly name: string;
  readonly one: OpenArchive;
  readonly other: OpenArchive;
  readonly member: ArchiveMember;
  readonly next: ArchiveMember;
}

async function compareMembers(pair: MemberPair, budget: Budget, maxChanges: number): Promise<ArrayDifference> {
  const before = memberReader(pair.one.reader, pair.member, budget);
  const after = memberReader(pair.other.reader, pair.next, budget);
  try {
    const difference = await compareOpened(pair, before, after, { budget, maxChanges });
    await before.finish();
    await after.finish();
    return difference;
  } catch (error) {
    throw error instanceof FoundFault && error.code !== 'TIMEOUT' ? ofMember(pair.name, error) : error;
  } finally {
    await Promise.all([before.close(), after.close()]);
  }
}

/** As arrays where both are, else as bytes: pickled objects, members of other kinds. */
async function compareOpened(
  pair: MemberPair,
  before: MemberReader,
  after: MemberReader,
  { budget, maxChanges }: { readonly budget: Budget; readonly maxChanges: number },
): Promise<ArrayDifference> {
  const one = isArray(pair.member) ? await arrayIn(before, budget) : undefined;
  const other = isArray(pair.next) ? await arrayIn(after, budget) : undefined;
  if (one !== undefined && other !== undefined) {
    const isTurned = one.header.order !== other.header.order && one.header.shape.length > 1;
    const [left, right] = isTurned ? [await held(one), await held(other)] : [one, other];
    if (left !== undefined && right !== undefined) return compareArrays(left, right, budget, Math.max(0, maxChanges));
  }
  const isEqual = await areSameBytes(before, after, budget);
  return { isEqual, lines: ['its bytes differ'], facts: {}, changes: [], omittedChanges: 0 };
}

/** `undefined` if it is no array whose values can be read. A fault of the archive itself is one. */
async function arrayIn(reader: MemberReader, budget: Budget): Promise<OpenArray | undefined> {
  try {
    return await openArray(reader, budget);
  } catch (error) {
    if (
      error instanceof FoundFault &&
      error.code !== 'TIMEOUT' &&
      (error.reader === undefined || error.reader === reader)
    )
      return undefined;
    throw error;
  }
}

async function held({ reader, header }: OpenArray): Promise<OpenArray | undefined> {
  if (reader.sizeBytes > MAX_HELD_BYTES) return undefined;
  return { header, reader: readerOf(await reader.read(0, reader.sizeBytes)) };
}
