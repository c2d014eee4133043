import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { reasonOf } from '../../source/index.js';
import { type BackupTarget, TargetError } from '../../target/index.js';

/**
 * Would a backup be let write where a target lies on this machine? Asked without writing anything, of each of its places or the nearest
 * folder above it that is there. Of a store elsewhere nothing can be asked.
 *
 * @throws TargetError `ACCESS_DENIED`.
 */
export function assertWritable(target: BackupTarget): void {
  for (const place of target.localPaths) {
    let folder = place;
    try {
      folder = folderOf(place);
      accessSync(folder, constants.W_OK | constants.X_OK);
    } catch (cause) {
      throw new TargetError({
        code: 'ACCESS_DENIED',
        reason: `nothing can be written in ${folder}: ${reasonOf(cause)}`,
        url: target.url,
        operation: 'begin',
        hint: 'Check its owner and permissions, and whether the disk is mounted read-only.',
        cause,
      });
    }
  }
}

/** The place itself if it is a folder; of a file, and of what is not there yet, the folder that holds it or will. */
function folderOf(place: string): string {
  for (let folder = place; ; folder = dirname(folder)) {
    const stats = statSync(folder, { throwIfNoEntry: false });
    if (stats?.isDirectory() === true || folder === dirname(folder)) return folder;
  }
}
