import type { RemovedRoot, RemoveRootOptions } from './sweeping.js';
import type { BackupTarget } from './target.js';

/** So many keys are named in one call: what one request of S3 takes. */
const KEYS_AT_ONCE = 1000;

/**
 * Removes everything below a prefix by listing and deleting it: for media in which a root cannot vanish in one step. The record goes
 * first, in a call of its own, so that what an interruption leaves counts for nobody.
 *
 * @param prefix ends with `/`
 */
export async function removeListed(
  target: Pick<BackupTarget, 'list' | 'delete'>,
  prefix: string,
  { record, dryRun = false, signal }: RemoveRootOptions,
): Promise<RemovedRoot> {
  const removed = { objects: 0, sizeBytes: 0 };
  if (record !== undefined && !dryRun) await target.delete([record], { signal });
  // Deleted is what has been listed to the end of a chunk; then it is listed anew, for no listing promises anything about what is deleted under it.
  for (;;) {
    const keys: string[] = [];
    for await (const { key, sizeBytes, sharedId } of target.list(prefix, { signal })) {
      removed.objects += 1;
      removed.sizeBytes += sharedId === undefined ? sizeBytes : 0;
      if (dryRun) continue;
      keys.push(key);
      if (keys.length === KEYS_AT_ONCE) break;
    }
    if (keys.length === 0) return removed;
    await target.delete(keys, { signal });
  }
}
