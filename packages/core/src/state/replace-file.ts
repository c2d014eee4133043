import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/** Pieces are gathered to writes of about this size. */
const GATHER_CHARACTERS = 64 * 1024;

/**
 * Writes a file of the local state beside its place and renames it there: a reader sees the old one or the new one. It is
 * synced before it is renamed, so that a power cut does not leave an empty file.
 */
export async function replaceFile(path: string, pieces: AsyncIterable<string> | Iterable<string>): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.new`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    let gathered = '';
    for await (const piece of pieces) {
      gathered += piece;
      if (gathered.length < GATHER_CHARACTERS) continue;
      await file.writeFile(gathered);
      gathered = '';
    }
    await file.writeFile(gathered);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}
