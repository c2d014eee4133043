import { lstat, readdir } from 'node:fs/promises';
import { sep } from 'node:path';
import { errorCode } from './node-error.js';

/** What lies at a path. */
export interface TreeSize {
  /** Files and links. */
  readonly objects: number;
  /** Bytes that the system gets back at the least when it is removed: a file with further names is not counted. */
  readonly sizeBytes: number;
}

/** Counts what lies at a path and below it. Follows no link; what vanishes meanwhile is not counted. */
export async function treeSize(path: string): Promise<TreeSize> {
  let objects = 0;
  let sizeBytes = 0;
  /** Names that are not UTF-8 have to be carried as bytes. */
  const look = async (at: Buffer): Promise<void> => {
    try {
      const stats = await lstat(at);
      if (stats.isDirectory()) {
        for (const name of await readdir(at, { encoding: 'buffer' })) {
          await look(Buffer.concat([at, Buffer.from(sep), name]));
        }
        return;
      }
      objects += 1;
      if (stats.nlink === 1) sizeBytes += stats.size;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  };
  await look(Buffer.from(path));
  return { objects, sizeBytes };
}
