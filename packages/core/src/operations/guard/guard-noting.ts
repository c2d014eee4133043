import type { BigIntStats } from 'node:fs';
import { oneAtATime, SortedCursor } from '../../flow/sorted-cursor.js';
import { throwIfAborted } from '../../holdfast-error.js';
import type { PlainSnapshot } from '../../plain/index.js';
import type { Entry } from '../../snapshot/index.js';
import { orderKey } from '../../snapshot/path-order.js';
import { type EverythingSource, type MetEntry, walkEverything } from '../../source/index.js';
import type { NotedEntry } from '../../state/index.js';
import { recordedWithKeys } from './recorded-entries.js';

/** What a snapshot does not hold of what stands in its sources. */
export interface NotCovered {
  readonly entries: number;
  /** Of the files among them. */
  readonly bytes: number;
}

/** What {@link noteEverything} works with, and where it counts. */
export interface NotingContext {
  readonly snapshot: PlainSnapshot;
  readonly sources: readonly EverythingSource[];
  readonly leaveOut: ReadonlySet<string>;
  readonly signal: AbortSignal | undefined;
  readonly notCovered: { entries: number; bytes: number };
  /** Folders that something is left out of on purpose: their times may move with it. */
  readonly foldersOfOurs: ReadonlySet<string>;
  /** File systems that were met. */
  readonly devices: Set<string>;
  /** Something is no longer as the snapshot has it: a path. */
  readonly changed: (path: string) => void;
}

/**
 * Goes through all that stands in the sources and gives it to be noted: also what the snapshot does not have, which is counted. What
 * the snapshot has must still be as it was stored, by size and time.
 */
export async function* noteEverything(context: NotingContext): AsyncGenerator<NotedEntry> {
  const { snapshot, sources, leaveOut, signal, notCovered } = context;
  const recorded = new SortedCursor(oneAtATime(recordedWithKeys(snapshot)), ({ key }) => key);
  try {
    for (const source of sources) {
      for (const met of walkEverything(source, { leaveOut })) {
        throwIfAborted(signal);
        context.devices.add(String(met.stats.dev));
        const found = (await recorded.find(orderKey(met.pathBytes, met.kind === 'directory')))?.located.entry;
        const isCovered = found !== undefined && found.type === met.kind;
        if (isCovered && !isAsStored(found, met, context)) context.changed(met.pathBytes.toString('utf8'));
        if (!isCovered) {
          notCovered.entries += 1;
          if (met.kind === 'file') notCovered.bytes += Number(met.stats.size);
        }
        yield notedOf(met, isCovered);
      }
    }
  } finally {
    await recorded.close();
  }
}

function isAsStored(entry: Entry, { kind, stats, location }: MetEntry, context: NotingContext): boolean {
  if (kind === 'directory' && context.foldersOfOurs.has(location.toString())) return true;
  if (entry.type === 'file' && BigInt(entry.sizeBytes) !== stats.size) return false;
  return entry.mtimeNs === String(stats.mtimeNs);
}

/** Owner and group as they are noted. */
export function ownerOf({ uid, gid }: Pick<BigIntStats, 'uid' | 'gid'>): string {
  return `${uid}:${gid}`;
}

function notedOf({ pathBytes, kind, stats, notEntered }: MetEntry, isCovered: boolean): NotedEntry {
  return {
    pathBytes,
    kind,
    sizeBytes: String(stats.size),
    mtimeNs: String(stats.mtimeNs),
    ctimeNs: String(stats.ctimeNs),
    mode: String(stats.mode),
    owner: ownerOf(stats),
    inode: String(stats.ino),
    device: String(stats.dev),
    birthtimeNs: String(stats.birthtimeNs),
    isCovered,
    isClosed: notEntered !== undefined,
  };
}
