import type { PlainSnapshot } from '../plain/index.js';
import { type FileEntry, isRefused } from '../snapshot/index.js';

/** A file of the snapshot that a new one can share with. */
export interface ParentFile {
  readonly pathBytes: Buffer;
  readonly entry: FileEntry;
}

/** The files of a snapshot, in the order of their paths. */
export async function* filesOf(snapshot: PlainSnapshot): AsyncGenerator<ParentFile> {
  for await (const item of snapshot.entries()) {
    if (!isRefused(item) && item.entry.type === 'file') yield { pathBytes: item.pathBytes, entry: item.entry };
  }
}

/** Equal in all that a manifest tells without reading: what a parent's copy would have to be. */
export function looksEqual(parent: FileEntry, entry: FileEntry): boolean {
  return (
    parent.stable &&
    parent.sizeBytes === entry.sizeBytes &&
    parent.mtimeNs === entry.mtimeNs &&
    parent.mode === entry.mode
  );
}

/** May the new snapshot hold the parent's stored file? Content, mode and time are equal; then a link differs from a copy in nothing. */
export function sharable(parent: FileEntry, entry: FileEntry): boolean {
  return looksEqual(parent, entry) && parent.sha256 === entry.sha256;
}
