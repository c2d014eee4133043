import type { PlainSnapshot } from '../../plain/index.js';
import { isRefused, type PathMatcher, pathBytesOf } from '../../snapshot/index.js';
import { orderKey } from '../../snapshot/path-order.js';
import type { Report } from '../report.js';
import type { ComparedEntry } from './diff-entry.js';

/** An entry of one side of a comparison. */
export interface EntryItem {
  readonly key: Uint8Array;
  readonly entry: ComparedEntry;
  /** Reads a live file whose hash is not known; `undefined` if it cannot be read, which has been told. */
  readonly read?: () => Promise<string | undefined>;
}

/** A place that one side leaves out by its rules: it stands there, and is not to be compared. */
export interface LeftOutItem {
  readonly key: Uint8Array;
  /** Of a folder that is left out with all that is in it the path with its `/`; of a file its path. */
  readonly leftOut: string;
}

/** What a side consists of, in the order of the manifest. */
export type SideItem = EntryItem | LeftOutItem;

/** Paths of which one side cannot say what they are: nothing at them or below them is compared. */
export class UnknownPaths {
  readonly #paths = new Set<string>();

  add(path: string): void {
    this.#paths.add(path);
  }

  has(path: string): boolean {
    if (this.#paths.size === 0) return false;
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (this.#paths.has(path.slice(0, end))) return true;
    }
    return false;
  }
}

/** An entry as an item, with its place in the order. */
export function sideItem(entry: ComparedEntry, read?: EntryItem['read']): EntryItem {
  const key = orderKey(pathBytesOf(entry), entry.type === 'directory');
  return read === undefined ? { key, entry } : { key, entry, read };
}

/** The entries of a snapshot as a side. Those that must not be acted upon are problems. */
export async function* snapshotSide(
  snapshot: PlainSnapshot,
  matcher: PathMatcher,
  unknown: UnknownPaths,
  report: Report,
): AsyncGenerator<EntryItem> {
  for await (const item of snapshot.entries()) {
    if (isRefused(item)) {
      const { code, path, reason: message } = item;
      if (!matcher.matches(path, true)) continue;
      unknown.add(path);
      report.problem({ code, path, message, snapshotId: snapshot.id });
    } else if (item.entry.exportOf !== undefined) {
    } else if (matcher.matches(item.entry.path, item.entry.type === 'directory')) yield sideItem(item.entry);
  }
}
