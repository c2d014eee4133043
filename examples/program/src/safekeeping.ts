import {
  type AdapterTable,
  type BackupSummary,
  backup,
  type EventListener,
  listSnapshots,
  openTarget,
  type RestoreSummary,
  restore,
} from '@holdfast/core';

/** The kinds of target this program knows. Each adapter is loaded when an address needs it. */
const ADAPTERS: AdapterTable = { file: async () => (await import('@holdfast/target-local-fs')).adapter };

/** What the rest of the program needs of backups, in its own words. */
export interface Safekeeping {
  /** Takes a snapshot of a folder. What could not be read is counted in `problemCount`, and told as events. */
  save(folder: string, name: string): Promise<BackupSummary>;
  /** The ids of all sound snapshots, oldest first. */
  ids(): Promise<string[]>;
  /** Writes the files of a snapshot below `into`. */
  bringBack(id: string, into: string): Promise<RestoreSummary>;
  close(): Promise<void>;
}

/**
 * Opens the place where snapshots are kept; the first one makes it.
 *
 * @param address a folder; with more adapters in the table also `zip:archives` or `s3://bucket/prefix`
 * @param stateDirectory where it is remembered which files have not changed; losing it costs time, not data
 * @param signal ends whatever runs; a snapshot is then there as a whole or not at all
 */
export async function openSafekeeping(
  address: string,
  stateDirectory: string,
  signal: AbortSignal,
  onEvent: EventListener,
): Promise<Safekeeping> {
  const target = await openTarget(address, ADAPTERS, { signal });
  return {
    save: (folder, name) => {
      const sources = [{ path: folder }];
      return backup({ sources, targets: [target], stateDirectory, name, signal, onEvent });
    },
    async ids() {
      const ids: string[] = [];
      for await (const listing of listSnapshots({ target, signal })) {
        if (listing.status === 'ok') ids.push(listing.id);
      }
      return ids;
    },
    bringBack: (id, into) => restore({ target, which: id, into, signal, onEvent }),
    close: () => target.close(),
  };
}
