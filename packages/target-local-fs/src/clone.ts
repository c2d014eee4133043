import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';

/** Clones a file: new inode, shared blocks. Never falls back to a copy: then it throws (`ENOTSUP`, `EXDEV`, …). */
export async function cloneFile(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
}
