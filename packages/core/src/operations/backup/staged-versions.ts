import { SortedCursor } from '../../flow/sorted-cursor.js';
import type { WalkedEntry } from '../../source/index.js';
import { type FileVersion, isSameVersion, type LeftJournal } from '../../state/index.js';

/** A file as a killed backup has left it in the staging of its targets. */
export interface StagedVersion {
  /** The snapshot that it was to belong to. */
  readonly snapshotId: string;
  readonly version: FileVersion;
}

/** What killed backups have noted of the files of one source. */
export class StagedVersions {
  readonly #cursors: readonly { readonly snapshotId: string; readonly cursor: SortedCursor<FileVersion> }[];

  /** @param left the newest first. */
  constructor(left: readonly LeftJournal[], sourceId: string) {
    this.#cursors = left.map((journal) => ({
      snapshotId: journal.snapshotId,
      cursor: new SortedCursor(journal.read(sourceId), ({ pathBytes }) => pathBytes),
    }));
  }

  /** The newest that is still the live file's version. Paths must come in the order of the manifest. */
  async find({ pathBytes, stats }: WalkedEntry): Promise<StagedVersion | undefined> {
    let newest: StagedVersion | undefined;
    for (const { snapshotId, cursor } of this.#cursors) {
      const found = cursor.find(pathBytes);
      const version = found instanceof Promise ? await found : found;
      if (version !== undefined && newest === undefined && isSameVersion(version, stats))
        newest = { snapshotId, version };
    }
    return newest;
  }

  async close(): Promise<void> {
    for (const { cursor } of this.#cursors) await cursor.close();
  }
}
