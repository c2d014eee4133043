import { closeSync, constants, fchmodSync, fchownSync, fstatSync, futimesSync, openSync } from 'node:fs';
import { openToOwner, XattrSetter } from '../destination/index.js';
import { errorCode, readOpenXattrs, secondsOf, xattrTools } from '../files/index.js';
import type { KeptAttributes } from './kept-item.js';

const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const setter = new XattrSetter();

/**
 * Gives a file or folder owner, extended attributes, mode and time; follows no link.
 *
 * @throws the first error of the system; the others were tried all the same.
 */
export async function giveKeptAttributes(address: Buffer | string, kept: KeptAttributes, times = true): Promise<void> {
  const descriptor = openUnclosed(address);
  let fault: { readonly error: unknown } | undefined;
  const attempt = (step: () => void): void => {
    try {
      step();
    } catch (error) {
      fault ??= { error };
    }
  };
  try {
    const { uid, gid } = fstatSync(descriptor);
    if (uid !== kept.uid || gid !== kept.gid) attempt(() => fchownSync(descriptor, kept.uid, kept.gid));
    if (kept.xattrs !== undefined && xattrTools().canSet) await setter.replace(descriptor, kept.xattrs);
    attempt(() => fchmodSync(descriptor, kept.mode));
    const seconds = secondsOf(BigInt(kept.mtimeNs));
    if (times) attempt(() => futimesSync(descriptor, seconds, seconds));
  } finally {
    closeSync(descriptor);
  }
  if (fault !== undefined) throw fault.error;
}

/** The extended attributes of a file or folder, where they can be read; follows no link. */
export async function xattrsAt(address: Buffer | string): Promise<Readonly<Record<string, string>> | undefined> {
  if (!xattrTools().canRead) return undefined;
  let descriptor: number;
  try {
    descriptor = openSync(address, FLAGS);
  } catch {
    return undefined;
  }
  try {
    const [found] = await readOpenXattrs([descriptor]);
    return found;
  } finally {
    closeSync(descriptor);
  }
}

function openUnclosed(address: Buffer | string): number {
  try {
    return openSync(address, FLAGS);
  } catch (error) {
    if (errorCode(error) !== 'EACCES' || !openToOwner(Buffer.from(address), 0o400)) throw error;
    return openSync(address, FLAGS);
  }
}
