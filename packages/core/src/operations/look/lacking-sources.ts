import type { PlainSnapshot } from '../../plain/index.js';
import { isRefused } from '../../snapshot/index.js';

/** Why what a snapshot does not have of a source may have been there all the same. */
export type Lack =
  /** The source did not exist when it was taken. */
  | 'missing'
  /** Its folder was empty, as that of a disk that is not mounted. */
  | 'empty'
  /** Something could not be stored, of this source or of another one: the record does not say of which. */
  | 'partly';

/**
 * The sources of a snapshot, by their names, that may have held more than it has. Only of one that is flagged `incomplete` the manifest
 * is gone through for it.
 */
export async function lackingSources(snapshot: PlainSnapshot): Promise<ReadonlyMap<string, Lack>> {
  const { sources, flags, counts } = snapshot.record.payload;
  const lacking = new Map<string, Lack>();
  if (!flags.includes('incomplete')) return lacking;
  for (const { name, type } of sources) if (type === 'missing') lacking.set(name, 'missing');
  // Each source that is missing was counted as one thing that could not be stored. A part has the flag of the whole.
  const isAllStored = counts.skipped === lacking.size && !flags.includes('part');
  if (isAllStored) {
    const filled = await filledSources(snapshot);
    for (const { name, type } of sources) if (type === 'directory' && !filled.has(name)) lacking.set(name, 'empty');
    if (lacking.size > 0) return lacking;
  }
  for (const { name } of sources) if (!lacking.has(name)) lacking.set(name, 'partly');
  return lacking;
}

/** Why, in words. */
export function lackText(lack: Lack): string {
  if (lack === 'missing') return 'the source was missing when it was taken';
  if (lack === 'empty') return 'the source was an empty folder when it was taken';
  return 'it is incomplete';
}

/** The name of the source that an entry belongs to: the first part of its path. */
export function sourceNameOf(path: string): string {
  const end = path.indexOf('/');
  return end === -1 ? path : path.slice(0, end);
}

async function filledSources(snapshot: PlainSnapshot): Promise<ReadonlySet<string>> {
  const filled = new Set<string>();
  for await (const item of snapshot.entries()) {
    const path = isRefused(item) ? item.path : item.entry.path;
    if (path.includes('/')) filled.add(sourceNameOf(path));
  }
  return filled;
}
