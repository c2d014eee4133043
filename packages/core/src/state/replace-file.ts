import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { claimStaging, removeEmptyFolders, sweepStaging } from '../files/index.js';

/** Pieces are gathered to writes of about this size. */
const GATHER_CHARACTERS = 64 * 1024;
/** In the state folder: files that are not finished, in a folder for each process that writes one. */
const STAGING = 'staging';

/**
 * Writes a file of the local state aside and renames it to its place: a reader sees the old one or the new one. It is
 * synced before it is renamed, so that a power cut does not leave an empty file. What a killed process left unfinished goes
 * with the next file that is written.
 */
export async function replaceFile(
  stateDirectory: string,
  path: string,
  pieces: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  const staging = join(stateDirectory, STAGING);
  const claim = await claimStaging(staging);
  try {
    await sweepStaging(staging, claim);
    const unfinished = join(claim.path, 'file');
    await writeSynced(unfinished, pieces);
    await rename(unfinished, path);
  } finally {
    await claim.release();
    await removeEmptyFolders([staging]);
  }
}

async function writeSynced(path: string, pieces: AsyncIterable<string> | Iterable<string>): Promise<void> {
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
