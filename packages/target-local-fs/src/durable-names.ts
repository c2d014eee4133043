import { dirname, sep } from 'node:path';
import { errorCode, type StagingClaim, syncFolders } from '@holdfast/core/files';
import { type Place, syncOptions } from './place.js';
import { longestFirst } from './remove.js';

/**
 * Makes names durable that a batch has just made: flushes the folders given and the target's root, then every folder above the
 * root that the batch had to make, and the one that stood.
 */
export async function syncNames(place: Place, claim: StagingClaim, folders: Iterable<string>): Promise<void> {
  const options = syncOptions(place);
  await syncFolders(longestFirst(new Set([...folders, place.root])), options);
  const above = ancestorsMade(place, claim);
  if (above.length > 0) {
    await syncFolders(above, options);
    return;
  }
  // Another batch may have made the root and not have flushed its name yet. One's own parent need not be readable, though.
  try {
    await syncFolders([dirname(place.root)], options);
  } catch (error) {
    if (errorCode(error) !== 'EACCES' && errorCode(error) !== 'EPERM') throw error;
  }
}

/** Innermost first; the root is flushed already. Empty if the root stood. */
function ancestorsMade(place: Place, claim: StagingClaim): string[] {
  const { made, stood } = claim.folders;
  const atOrAbove = made.filter((folder) => isAtOrAbove(folder, place.root));
  if (atOrAbove.length === 0) return [];
  return [...longestFirst(atOrAbove.filter((folder) => folder !== place.root)), stood];
}

/** Does `path` name `folder`, or something in it? */
export function isAtOrAbove(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
