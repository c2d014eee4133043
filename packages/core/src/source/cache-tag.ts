import { constants } from 'node:fs';
import { readHead } from './rule-file.js';

/** A folder that holds a file of this name with this beginning is a cache (https://bford.info/cachedir/). */
export const CACHE_TAG_NAME: string = 'CACHEDIR.TAG';
const SIGNATURE = Buffer.from('Signature: 8a477f597d28d172789f06886806bc55');

/**
 * Is this file, of the name {@link CACHE_TAG_NAME}, the mark of a cache? The specification wants a regular file, so no symlink. One that cannot be read
 * marks nothing: to take too much is the safe side, and the file is named when it is to be read.
 */
export function isCacheTag(location: Buffer): boolean {
  const head = readHead(location, SIGNATURE.length, constants.O_NOFOLLOW ?? 0);
  return 'bytes' in head && head.bytes.equals(SIGNATURE);
}
