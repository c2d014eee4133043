/** The form in which two names are one where case and normalisation do not count: NFC, then lower case of upper case. */
export function foldName(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase();
}

/** The folder, of a target and of each snapshot, that holds what is the program's own. */
export const OWN_FOLDER = '.holdfast';

/** In the destination of a restore, while it runs: files that have no name yet. */
export const RESTORE_STAGING_FOLDER = '.holdfast-restore';

/** At the top of a destination that is on another file system than the local state: what restores have replaced there. */
export const UNDO_FOLDER = '.holdfast-undo';

/**
 * Is this one of the program's own names, in whatever case? On some file systems they are one. Nothing of a source can have such
 * a name at a snapshot's top: stored, it would stand in for a manifest; restored, it would make a target of the destination.
 */
export function isOwnName(name: string): boolean {
  const folded = foldName(name);
  return folded === OWN_FOLDER || folded === RESTORE_STAGING_FOLDER || folded === UNDO_FOLDER;
}
