import { ContentHolder } from '../../content/index.js';
import type { BackupContents, BytesAtHand } from './backup-contents.js';
import type { PlannedEntry } from './backup-entries.js';
import type { StoredFile } from './backup-file.js';

/** Gets each piece of a reading, in their order. */
export type Tap = (piece: Uint8Array) => Promise<void>;

const noTap: Tap = async () => undefined;

/**
 * Stores a file by one reading, and holds what passes by where the file is to be looked into.
 *
 * @param store gives `undefined` where it has not stored it.
 */
export async function withTap<Stored extends StoredFile | undefined>(
  planned: PlannedEntry,
  contents: BackupContents | undefined,
  store: (tap: Tap) => Promise<Stored>,
): Promise<Stored | StoredFile> {
  if (planned.look === undefined || contents === undefined) return store(noTap);
  const holder = new ContentHolder();
  try {
    const stored = await store((piece) => holder.add(piece));
    return stored === undefined ? stored : await lookedInto(planned, contents, stored, holder);
  } finally {
    await holder.close();
  }
}

/** A stored file with what is in the bytes that were stored. */
export async function lookedInto(
  planned: PlannedEntry,
  contents: BackupContents | undefined,
  stored: StoredFile,
  atHand: BytesAtHand | undefined,
): Promise<StoredFile> {
  const looked = await contents?.look(planned, stored.entry, atHand);
  return looked === undefined ? stored : { ...stored, looked };
}
