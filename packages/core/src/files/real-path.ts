import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode } from './node-error.js';

/**
 * The absolute path without links; of a path that does not exist yet, as far as it does, with the rest behind it.
 *
 * @throws the error of the system for what cannot be asked: `EACCES`, `ENOTDIR`, `ELOOP`, …
 */
export async function realPathToBe(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(absolute) === absolute) throw error;
    return join(await realPathToBe(dirname(absolute)), basename(absolute));
  }
}
