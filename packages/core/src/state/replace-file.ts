import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { claimStaging, errorCode, publishByLink, removeEmptyFolders, sweepStaging } from '../files/index.js';

/** Pieces are gathered to writes of about this size. */
const GATHER_CHARACTERS = 64 * 1024;
/** In the state folder: files that are not finished, in a folder for each process that writes one. */
const STAGING = 'staging';
/** A file system without hard links (FAT, exFAT, some network ones) answers one of these. */
const NO_LINK: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

type Pieces = AsyncIterable<string> | Iterable<string>;

/**
 * Writes a file of the local state aside and renames it to its place: a reader sees the old one or the new one. It is
 * synced before it is renamed, so that a power cut does not leave an empty file. What a killed process left unfinished goes
 * with the next file that is written.
 */
export async function replaceFile(stateDirectory: string, path: string, pieces: Pieces): Promise<void> {
  await writeAside(stateDirectory, pieces, (unfinished) => rename(unfinished, path));
}

/**
 * The same for a file that must not be there yet: of several processes that try, one makes it.
 *
 * @returns false if it is there.
 */
export async function createFile(stateDirectory: string, path: string, pieces: Pieces): Promise<boolean> {
  return writeAside(stateDirectory, pieces, async (unfinished) => {
    try {
      await publishByLink(unfinished, path);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EEXIST') return false;
      if (!NO_LINK.has(code)) throw error;
      // No hard links here: the last one stands, and all read it again.
      await rename(unfinished, path);
    }
    return true;
  });
}

async function writeAside<Result>(
  stateDirectory: string,
  pieces: Pieces,
  publish: (unfinished: string) => Promise<Result>,
): Promise<Result> {
  const staging = join(stateDirectory, STAGING);
  const claim = await claimStaging(staging);
  try {
    await sweepStaging(staging, claim);
    const unfinished = join(claim.path, 'file');
    await writeSynced(unfinished, pieces);
    return await publish(unfinished);
  } finally {
    await claim.release();
    await removeEmptyFolders([staging]);
  }
}

async function writeSynced(path: string, pieces: Pieces): Promise<void> {
  const file = await open(path, 'wx', 0o600);
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
  } finally {
    await file.close();
  }
}
