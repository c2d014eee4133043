import { lstatSync } from 'node:fs';
import { fingerprintOf, type OpenArchive, openArchive } from './archive.js';

/** The use of an open archive. It stays open until the lease is released, whatever the cache drops meanwhile. */
export interface ArchiveLease {
  readonly archive: OpenArchive;
  release(): Promise<void>;
}

/** A few archives that are kept open, since a restore or a comparison asks the same ones thousands of times. */
export interface ArchiveCache {
  /**
   * The archive at a path as it is now; `undefined` if there is no file. A link counts as none: what lies in a store is not
   * followed.
   *
   * @throws FormatError if it cannot be read as an archive; the error of the system
   */
  acquire(path: string): Promise<ArchiveLease | undefined>;
  /** Closes all, those in use when their leases end. */
  close(): Promise<void>;
}

/** How many stay open. Each costs a descriptor and the table of its entries. */
const MAX_OPEN = 4;

interface Slot {
  readonly fingerprint: string;
  readonly opening: Promise<OpenArchive>;
  users: number;
  dropped: boolean;
}

/** An empty cache. */
export function archiveCache(): ArchiveCache {
  /** In the order of their last use. */
  const slots = new Map<string, Slot>();

  const closeIfUnused = async (slot: Slot): Promise<void> => {
    if (!slot.dropped || slot.users > 0) return;
    const archive = await slot.opening.catch(() => undefined);
    await archive?.close();
  };
  const drop = (path: string, slot: Slot): Promise<void> => {
    if (slots.get(path) === slot) slots.delete(path);
    if (slot.dropped) return Promise.resolve();
    slot.dropped = true;
    return closeIfUnused(slot);
  };
  const slotFor = async (path: string, fingerprint: string): Promise<Slot> => {
    const known = slots.get(path);
    if (known !== undefined && known.fingerprint === fingerprint) {
      slots.delete(path);
      slots.set(path, known);
      known.users += 1;
      return known;
    }
    const slot: Slot = { fingerprint, opening: openArchive(path), users: 1, dropped: false };
    slot.opening.catch(() => undefined); // Whoever waits for it gets the error.
    const outdated = known === undefined ? [] : [drop(path, known)];
    slots.set(path, slot);
    for (const [oldPath, old] of slots) {
      if (slots.size <= MAX_OPEN) break;
      outdated.push(drop(oldPath, old));
    }
    await Promise.all(outdated);
    return slot;
  };

  async function acquire(path: string): Promise<ArchiveLease | undefined> {
    // One synchronous call: microseconds, where an asynchronous one costs more than reading a small entry.
    const seen = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (seen === undefined || !seen.isFile()) return undefined;
    const slot = await slotFor(path, fingerprintOf(seen));
    const release = async (): Promise<void> => {
      slot.users -= 1;
      await closeIfUnused(slot);
    };
    try {
      return { archive: await slot.opening, release };
    } catch (error) {
      await drop(path, slot);
      await release();
      throw error;
    }
  }

  async function close(): Promise<void> {
    await Promise.all([...slots].map(([path, slot]) => drop(path, slot)));
  }

  return { acquire, close };
}
