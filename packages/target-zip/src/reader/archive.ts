import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { archiveBytes } from './archive-bytes.js';
import { readContent } from './content.js';
import { type ArchiveDirectory, readDirectory } from './directory.js';

/** An archive that is open for reading. */
export interface OpenArchive {
  readonly directory: ArchiveDirectory;
  /** Tells this file from another one that later takes its name. */
  readonly fingerprint: string;
  /** The content of the entry at a position of the table, checked: see {@link readContent}. */
  content(position: number): AsyncGenerator<Buffer, void, undefined>;
  /** Closes the file. Nothing may be read from it any more. */
  close(): Promise<void>;
}

/** What {@link fingerprintOf} takes: stats with big integers. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

/** Two equal ones are the same unchanged file. */
export function fingerprintOf({ dev, ino, size, mtimeNs }: FileIdentity): string {
  return `${dev}:${ino}:${size}:${mtimeNs}`;
}

/**
 * Opens an archive and reads its directory.
 A link at the path is not followed.
 *
 * @throws FormatError if it cannot be read as an archive; the error of the system
 */
export async function openArchive(path: string): Promise<OpenArchive> {
  const noFollow = constants.O_NOFOLLOW ?? 0; // Windows has no such flag.
  const handle = await open(path, constants.O_RDONLY | noFollow);
  try {
    const fingerprint = fingerprintOf(await handle.stat({ bigint: true }));
    const directory = await readDirectory(handle);
    const { table, offset: limit } = directory;
    const bytes = archiveBytes(handle);
    return {
      directory,
      fingerprint,
      content: (position) => readContent({ bytes, key: table.keyAt(position), entry: table.entryAt(position), limit }),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
