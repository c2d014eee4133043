import type { PlannedEntry } from './backup-entries.js';

/** A file up to this size goes with others; for a larger one the bytes cost more than the calls. */
const SMALL_BYTES = 128n * 1024n;
/** A message to a thread costs 50 µs and a file 60: with so many the message counts for nothing (measured; 64 to 512 are alike). */
const GROUP_ENTRIES = 256;
/** A group's files have no more bytes than this together. */
export const GROUP_BYTES: number = 1024 * 1024;

/** Entries, in the order of the manifest, that are stored together: small files and what has no bytes, or one file by itself. */
export type EntryGroup = readonly PlannedEntry[];

/**
 * Can the file go with others? One with several names cannot: the further names wait for the first. One that is exported does not: what comes out of
 * it has to be held until its turn.
 */
export function isSmallFile({ walked, look }: PlannedEntry): boolean {
  if (look !== undefined && look.formats.length > 0) return false;
  return walked.type === 'file' && walked.stats.nlink <= 1n && walked.stats.size <= SMALL_BYTES;
}

/** Gathers the entries to groups, in their order. */
export async function* groupEntries(planned: AsyncIterable<PlannedEntry>): AsyncGenerator<EntryGroup> {
  let group: PlannedEntry[] = [];
  let groupBytes = 0;
  for await (const item of planned) {
    const isFile = item.walked.type === 'file';
    const goesAlone = isFile && !isSmallFile(item);
    const sizeBytes = isFile ? Number(item.walked.stats.size) : 0;
    if (group.length > 0 && (goesAlone || groupBytes + sizeBytes > GROUP_BYTES || group.length === GROUP_ENTRIES)) {
      yield group;
      group = [];
      groupBytes = 0;
    }
    if (goesAlone) {
      yield [item];
      continue;
    }
    group.push(item);
    groupBytes += sizeBytes;
  }
  if (group.length > 0) yield group;
}
