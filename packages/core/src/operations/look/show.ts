import type { PlainSnapshot } from '../../plain/index.js';
import {
  displayName,
  type FileEntry,
  isRefused,
  literalPattern,
  type ManifestItem,
  pathPatterns,
  type SnapshotRecord,
} from '../../snapshot/index.js';
import type { BackupTarget, CallOptions } from '../../target/index.js';
import { openFound } from '../open-found.js';
import { findSnapshot } from '../select.js';
import { fileContent } from './file-content.js';

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
  /**
   * The one file of this path, which counts from the snapshot's top; `undefined` if it is none, `'several'` if more than one look like it. A path that is
   * spelt otherwise in Unicode, or as {@link displayName} shows it, is found where no entry has it to the letter.
   */
  file(path: string): Promise<FileEntry | 'several' | undefined>;
  /**
   * The bytes of a file. Up to 8 MiB nothing is given before all of it has been compared with the checksum; a larger file is
   * compared as it passes.
   *
   * @throws HoldfastError `FILE_DAMAGED`, for a large file at its end: what was given must not be trusted then.
   */
  content(entry: FileEntry): AsyncIterable<Uint8Array>;
  /** Frees the manifest. */
  close(): Promise<void>;
}

/**
 * Opens a snapshot to look at its record, entries and files.
 *
 * @throws HoldfastError `SNAPSHOT_NOT_FOUND`, `SNAPSHOT_AMBIGUOUS`, `SNAPSHOT_DAMAGED`, `NOT_A_TARGET`.
 */
export async function showSnapshot(options: ShowOptions): Promise<ShownSnapshot> {
  const found = await findSnapshot(options);
  const snapshot = await openFound(options.target, found, options);
  return {
    record: found.record,
    entries: () => snapshot.entries(),
    file: (path) => fileOf(snapshot, path),
    content: (entry) => fileContent(snapshot, entry, options),
    close: () => snapshot.close(),
  };
}

async function fileOf(snapshot: PlainSnapshot, path: string): Promise<FileEntry | 'several' | undefined> {
  const { names } = pathPatterns([literalPattern(path)]);
  const exact: FileEntry[] = [];
  const similar: FileEntry[] = [];
  for await (const item of snapshot.entries()) {
    if (isRefused(item) || item.entry.type !== 'file') continue;
    const { entry } = item;
    if (entry.path === path) exact.push(entry);
    else if (names(entry.path, false) || displayName(entry.path) === path) similar.push(entry);
  }
  const [found, ...others] = exact.length > 0 ? exact : similar;
  return others.length === 0 ? found : 'several';
}
