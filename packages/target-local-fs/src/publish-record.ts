import { linkSync, lstatSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode, renameWithRetry, syncFolders } from '@holdfast/core/files';
import type { CommitRecord } from '@holdfast/core/target';
import { syncNames } from './durable-names.js';
import type { LayoutContext } from './layout.js';
import { fault, type Place, pathOf, syncOptions } from './place.js';
import { fileAt } from './read.js';
import { hasBytes } from './same-bytes.js';
import { writeDurably } from './stage-file.js';
import type { StoreFolders } from './store-folders.js';

/** In the batch's own folder. */
const RECORD = 'record';
/** A folder that others remove because it is empty is made again this many times. */
const MAX_ATTEMPTS = 100;

/**
 * Publishes the record of a batch without a root: staged, flushed, then renamed (or linked, where it must be new) and its name
 * flushed. When it rejects the record is not visible.
 *
 * @param decorate is called when the record has its name: putting it into a folder has moved the folder's time
 */
export async function publishRecord(
  context: LayoutContext,
  record: CommitRecord,
  into: StoreFolders,
  decorate: () => void,
): Promise<void> {
  const { place, claim } = context;
  const staged = join(claim.path, RECORD);
  const path = pathOf(place, record.key);
  await writeDurably(place, staged, record.body);
  const inode = lstatSync(staged, { bigint: true }).ino;
  into.touched.clear();
  await nameIt(place, record, staged, into);
  try {
    decorate();
    await syncNames(place, claim, into.touched);
  } catch (error) {
    if (lstatSync(path, { bigint: true, throwIfNoEntry: false })?.ino === inode) {
      unlinkSync(path);
      // The objects go next: that the record is gone must not be the later news.
      await syncFolders([dirname(path)], syncOptions(place)).catch(() => undefined);
    }
    throw error;
  }
}

async function nameIt(place: Place, record: CommitRecord, staged: string, into: StoreFolders): Promise<void> {
  const path = pathOf(place, record.key);
  for (let attempt = 1; ; attempt++) {
    into.need(dirname(record.key));
    try {
      if (record.ifAbsent) linkIfAbsent(place, record, staged);
      else await renameWithRetry(staged, path, { onStep: place.onStep, rename: place.means.rename });
      return;
    } catch (error) {
      // ENOENT: the folder was empty, and another has removed it; unless it is the staged record that is gone.
      const staging = lstatSync(staged, { throwIfNoEntry: false });
      if (errorCode(error) !== 'ENOENT' || staging === undefined || attempt === MAX_ATTEMPTS) throw error;
      into.forget(dirname(path));
    }
  }
}

/** Decided by the file system; a name taken by ourselves, in a call whose answer was lost, is success. */
function linkIfAbsent(place: Place, record: CommitRecord, staged: string): void {
  const path = pathOf(place, record.key);
  place.onStep?.({ kind: 'link', path });
  try {
    linkSync(staged, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    if (hasBytes(fileAt(place, record.key), record.body)) return;
    throw fault(place, 'ALREADY_EXISTS', 'the record is taken', 'commit', record.key, { cause: error });
  }
}
