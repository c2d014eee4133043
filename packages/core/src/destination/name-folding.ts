import { randomBytes } from 'node:crypto';
import { closeSync, lstatSync, openSync, unlinkSync } from 'node:fs';
import type { FileSystem } from '../files/index.js';
import type { FolderHandle } from './folder-handle.js';

/** Which names a folder takes for one. */
export interface NameFolding {
  readonly case: boolean;
  readonly normalization: boolean;
}

/**
 * Tries it: makes a file with a name that nobody has, and looks for it by others. Only a file system's own answer is sure: some fold
 * in one folder and not in the next (ext4, NTFS), or as they were mounted.
 *
 * @param folder one of our own: the file is gone again afterwards.
 * @returns `undefined` where no such file can be made.
 */
export function tryFolding(folder: FolderHandle): NameFolding | undefined {
  const random = randomBytes(8).toString('hex');
  return tryName(folder, `${random}-a\u00e9`) ?? tryName(folder, `${random}-a`);
}

function tryName(folder: FolderHandle, name: string): NameFolding | undefined {
  const answers = (other: string): boolean =>
    other !== name && lstatSync(folder.child(Buffer.from(other)), { throwIfNoEntry: false }) !== undefined;
  try {
    const address = folder.child(Buffer.from(name));
    closeSync(openSync(address, 'wx', 0o600));
    try {
      return {
        case: answers(name.toUpperCase()) || answers(name.replace('-a', '-A')),
        normalization: answers(name.normalize('NFD')),
      };
    } finally {
      unlinkSync(address);
    }
  } catch {
    return undefined;
  }
}

/**
 * What names have in common that are one name on a file system; `undefined` where each is itself. A kind that is known to fold does so
 * whatever was tried.
 */
export function nameKeyOf(
  { kind, caseSensitive }: Pick<FileSystem, 'kind' | 'caseSensitive'>,
  tried: NameFolding | undefined,
): ((name: string) => string) | undefined {
  const folds = tried ?? { case: !caseSensitive, normalization: !caseSensitive };
  const isKnown = kind !== 'unknown' && !caseSensitive;
  const [foldsCase, foldsForm] = [isKnown || folds.case, isKnown || folds.normalization];
  if (!foldsCase && !foldsForm) return undefined;
  return (name) => {
    const form = foldsForm ? name.normalize('NFC') : name;
    return foldsCase ? form.toUpperCase().toLowerCase() : form;
  };
}
