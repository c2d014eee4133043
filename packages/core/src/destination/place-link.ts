import { lstatSync, readlinkSync, renameSync, symlinkSync } from 'node:fs';
import { errorCode } from '../files/index.js';
import { linkTargetBytesOf, type SymlinkEntry } from '../snapshot/index.js';
import { type AttributeRules, applyToLink } from './attributes.js';
import type { FolderHandle } from './folder-handle.js';

/** What came of a symlink: it is there (and `unset` says what could not be set), or something else stands there. */
export type LinkOutcome = { readonly kind: 'there'; readonly unset: unknown } | { readonly kind: 'taken' };

/**
 * Makes a symlink, as it was stored: where it points is nobody's business but its reader's, and it is never followed here.
 * What stands at its name is left alone, unless `replace` is set and it is no folder.
 */
export function placeLink(
  folder: FolderHandle,
  name: Buffer,
  entry: SymlinkEntry,
  rules: AttributeRules,
  replace: { readonly staging: FolderHandle; readonly stagingName: Buffer } | undefined,
): LinkOutcome {
  const address = folder.child(name);
  const target = linkTargetBytesOf(entry);
  try {
    symlinkSync(target, address);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    const seen = lstatSync(address);
    if (seen.isSymbolicLink() && readlinkSync(address, { encoding: 'buffer' }).equals(target)) {
      return { kind: 'there', unset: applyToLink(address, entry, rules) };
    }
    if (replace === undefined || seen.isDirectory()) return { kind: 'taken' };
    const staged = replace.staging.child(replace.stagingName);
    symlinkSync(target, staged);
    renameSync(staged, address);
  }
  return { kind: 'there', unset: applyToLink(address, entry, rules) };
}
