import { PlainSnapshot } from '../plain/index.js';
import type { ManifestItem, SnapshotRecord } from '../snapshot/index.js';
import type { BackupTarget, CallOptions } from '../target/index.js';
import { findSnapshot } from './select.js';

export interface ShowOptions extends CallOptions {
  readonly target: BackupTarget;
  /** An id, a part of one, a name, or `latest`. */
  readonly which?: string | undefined;
}

/** A snapshot opened to be looked at. */
export interface ShownSnapshot {
  readonly record: SnapshotRecord;
  /** Its entries in the order of their paths; those that must not be acted upon come as refused. */
  entries(): AsyncIterable<ManifestItem>;
  /** Frees the manifest. */
  close(): Promise<void>;
}

/**
 * Opens a snapshot to look at its record and entries; reads no file.
 *
 * @throws HoldfastError `SNAPSHOT_NOT_FOUND`, `SNAPSHOT_AMBIGUOUS`, `SNAPSHOT_DAMAGED`, `NOT_A_TARGET`.
 */
export async function showSnapshot(options: ShowOptions): Promise<ShownSnapshot> {
  const found = await findSnapshot(options);
  const snapshot = await PlainSnapshot.open(options.target, found.prefix, found.record, options);
  return { record: found.record, entries: () => snapshot.entries(), close: () => snapshot.close() };
}
