import { SortedCursor } from '../../flow/sorted-cursor.js';
import { type FileVersion, FileVersions } from '../../state/index.js';
import type { RestorePlace } from './restore-places.js';

/**
 * Which version of each file at its old place was read last, and what was in it: what is still that version need not be read
 * to be known. Of files that go elsewhere nothing is known.
 */
export class KnownVersions {
  readonly #cursors = new Map<string, SortedCursor<FileVersion>>();

  /** @param stateDirectory none where nothing is to be taken from it. */
  constructor(places: readonly RestorePlace[], stateDirectory: string | undefined) {
    if (stateDirectory === undefined) return;
    for (const { source } of places) {
      if (source === undefined) continue;
      const versions = new FileVersions(stateDirectory, source.id).read();
      this.#cursors.set(source.name, new SortedCursor(versions, ({ pathBytes }) => pathBytes));
    }
  }

  /** The version of this path. Paths must come in the order of the manifest. */
  async find(pathBytes: Buffer): Promise<FileVersion | undefined> {
    if (this.#cursors.size === 0) return undefined;
    const slash = pathBytes.indexOf(0x2f);
    const top = pathBytes.subarray(0, slash === -1 ? pathBytes.length : slash).toString('utf8');
    return this.#cursors.get(top)?.find(pathBytes);
  }

  async close(): Promise<void> {
    for (const cursor of this.#cursors.values()) await cursor.close();
  }
}
