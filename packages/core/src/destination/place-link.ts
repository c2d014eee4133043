import { type BigIntStats, lstatSync, readlinkSync, renameSync, symlinkSync } from 'node:fs';
import { errorCode } from '../files/index.js';
import { linkTargetBytesOf, type SymlinkEntry } from '../snapshot/index.js';
import type { FolderHandle } from './folder-handle.js';

/** What stands where a symlink goes. */
export type StandingLink =
  | { readonly kind: 'nothing' | 'folder' }
  /** `equal`: the same link; its owner and time may be others. */
  | { readonly kind: 'equal' | 'other'; readonly stats: BigIntStats };

/** Looks, and follows nothing. @throws the error of the system. */
export function standingLink(folder: FolderHandle, name: Buffer, entry: SymlinkEntry): StandingLink {
  const address = folder.child(name);
  const stats = lstatSync(address, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return { kind: 'nothing' };
  if (stats.isDirectory()) return { kind: 'folder' };
  const isEqual =
    stats.isSymbolicLink() && readlinkSync(address, { encoding: 'buffer' }).equals(linkTargetBytesOf(entry));
  return { kind: isEqual ? 'equal' : 'other', stats };
}

/**
 * Makes a symlink, as it was stored: where it points is nobody's business but its reader's, and it is never followed here.
 *
 * @param replaceBy where the link is made first if something may be replaced, and under which name.
 * @returns false if the name is taken, and nothing may be replaced.
 */
export function placeLink(
  folder: FolderHandle,
  name: Buffer,
  entry: SymlinkEntry,
  replaceBy: { readonly staging: FolderHandle; readonly stagingName: Buffer } | undefined,
): boolean {
  const target = linkTargetBytesOf(entry);
  if (replaceBy !== undefined) {
    const staged = replaceBy.staging.child(replaceBy.stagingName);
    symlinkSync(target, staged);
    renameSync(staged, folder.child(name));
    return true;
  }
  try {
    symlinkSync(target, folder.child(name));
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
