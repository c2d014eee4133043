import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { InspectedFile } from '../inspect/index.js';
import { ChangedWhileRead, SourceFile } from '../source/index.js';

/** Up to here a content is held in memory. */
const MEMORY_BYTES = 8 * 1024 * 1024;
/** A program that saves a file is done with it by the third look. */
const MAX_READINGS = 3;

/**
 * A live file as a content that stays as it is while it is looked into: in memory while it is small, else as a private copy. It is read
 * again where it changed under the reading, and taken as it was read the last time.
 *
 * @param folder for the copy: the caller's own, who removes it
 * @throws the error of the system; `NoLongerAFile` for what is no regular file
 */
export async function liveContent(path: string, folder: string, signal?: AbortSignal): Promise<InspectedFile> {
  const location = Buffer.from(await realpath(path));
  for (let reading = 1; ; reading++) {
    signal?.throwIfAborted();
    const file = new SourceFile(location);
    try {
      return {
        name: basename(path),
        ...(await contentOf(file, join(folder, `content-${reading}`), reading < MAX_READINGS)),
      };
    } catch (error) {
      if (!(error instanceof ChangedWhileRead)) throw error;
    } finally {
      file.close();
    }
  }
}

async function contentOf(file: SourceFile, copy: string, strict: boolean): Promise<Omit<InspectedFile, 'name'>> {
  let sizeBytes = 0;
  const count = (reading: { readonly sizeBytes: number }): void => {
    sizeBytes = reading.sizeBytes;
  };
  if (file.sizeBytes <= MEMORY_BYTES) {
    const pieces: Uint8Array[] = [];
    for await (const piece of file.pieces(strict, count)) pieces.push(piece);
    return { sizeBytes, content: { bytes: Buffer.concat(pieces) } };
  }
  const target = await open(copy, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    for await (const piece of file.pieces(strict, count)) await target.writeFile(piece);
  } finally {
    await target.close();
  }
  return { sizeBytes, content: { path: copy } };
}
