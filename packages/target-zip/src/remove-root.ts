import { lstat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, syncFolder } from '@holdfast/core/files';
import { assertRemovable, type RemovedRoot, type RemoveRootOptions } from '@holdfast/core/target';
import { asTargetError } from './errors.js';
import { archiveOf, enter, fault, folderOf, type Place, rootFault } from './place.js';

/** Removes an archive: one unlink. What it holds goes with it, so the record goes with the rest. */
export async function removeRoot(place: Place, root: string, options: RemoveRootOptions = {}): Promise<RemovedRoot> {
  enter(place, 'removeRoot', options, root);
  if (place.form === 'archive') {
    throw fault(place, 'UNSUPPORTED', 'one archive holds one root and nothing else', 'removeRoot', root, {
      hint: 'To be rid of it, delete the file.',
    });
  }
  assertRemovable(root, options.record, place.url);
  const wrongRoot = rootFault(place, root);
  if (wrongRoot !== undefined) throw fault(place, 'INVALID_KEY', wrongRoot, 'removeRoot', root);
  const path = archiveOf(place, root);
  try {
    const stats = await lstat(path);
    // A link is not followed; what is no file is no archive.
    if (!stats.isFile()) return { objects: 0, sizeBytes: 0 };
    if (options.dryRun !== true) {
      place.onStep?.({ kind: 'remove', path });
      await unlink(path);
      await syncFolder(folderOf(place), { onStep: place.onStep });
    }
    return { objects: 1, sizeBytes: stats.nlink === 1 ? stats.size : 0 };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return await absentRoot(place, root);
    throw asTargetError(error, { url: place.url, operation: 'removeRoot', key: root });
  }
}

/** Nothing to remove, unless a folder stands there under the root's own name: then it is not gone, but no archive. */
async function absentRoot(place: Place, root: string): Promise<RemovedRoot> {
  const standing = await lstat(join(folderOf(place), root)).catch(() => undefined);
  if (standing?.isDirectory() !== true) return { objects: 0, sizeBytes: 0 };
  throw fault(place, 'UNSUPPORTED', 'it is no archive but a folder', 'removeRoot', root, {
    hint: 'A target whose snapshots are folders is named without a scheme before it.',
  });
}
