import { chmod, type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, publishByLink, publishByRename } from '../../files/index.js';
import type { ExportPart, ExportSink } from '../../inspect/index.js';

/** A part that was written aside. */
export interface StagedPart {
  readonly part: ExportPart;
  readonly staged: string;
  readonly sizeBytes: number;
}

/** Parts that are written aside, each a file, until all are there and may get their names. */
export interface PartFiles extends ExportSink {
  /** Ends the last one: its bytes are on the disk. */
  finish(): Promise<readonly StagedPart[]>;
  /** Closes what is open, where it did not come to an end. */
  close(): Promise<void>;
}

/** Permission bits of a new export, before the process's umask. */
const USUAL_MODE = 0o666;

/**
 * @param folder for the files that have no name yet: the caller's own, and on the file system that they are for.
 * @param faultOf what an error of the system means to the caller: a disk that is full, say
 */
export function partFiles(
  folder: string,
  wants: (part: ExportPart) => boolean,
  faultOf: (error: unknown) => Error,
): PartFiles {
  const done: StagedPart[] = [];
  let current: { part: ExportPart; staged: string; file: FileHandle; sizeBytes: number } | undefined;

  async function end(): Promise<void> {
    if (current === undefined) return;
    const { part, staged, file, sizeBytes } = current;
    current = undefined;
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    done.push({ part, staged, sizeBytes });
  }

  async function begin(part: ExportPart): Promise<void> {
    await end();
    const staged = join(folder, `part-${done.length}`);
    current = { part, staged, file: await open(staged, 'wx', USUAL_MODE), sizeBytes: 0 };
  }

  async function write(bytes: Uint8Array): Promise<void> {
    if (current === undefined) throw new Error('an inspector has written before it began a part');
    current.sizeBytes += bytes.byteLength;
    await current.file.writeFile(bytes);
  }

  const told = (error: unknown): never => {
    throw faultOf(error);
  };
  return {
    wants,
    begin: (part) => begin(part).catch(told),
    write: (bytes) => write(bytes).catch(told),
    async finish() {
      await end().catch(told);
      return done;
    },
    async close() {
      await current?.file.close();
      current = undefined;
    },
  };
}

/**
 * Gives a staged part its name. What stood there is replaced in one step, and its permissions stay: it may have been private.
 *
 * @param replace false: what has come there meanwhile stays
 * @throws `EEXIST` if something has come there; the error of the system
 */
export async function publishPart(staged: string, path: string, replace: boolean): Promise<void> {
  if (!replace) {
    try {
      return await publishByLink(staged, path);
    } catch (error) {
      if (errorCode(error) === 'EEXIST' || (await stat(path).catch(() => undefined)) !== undefined) throw error;
      // A file system without hard links.
    }
  } else {
    const stood = await stat(path).catch(() => undefined);
    if (stood !== undefined) await chmod(staged, stood.mode & 0o777);
  }
  await publishByRename(staged, path);
}
