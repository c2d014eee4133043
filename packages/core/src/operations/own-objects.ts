import { HoldfastError } from '../holdfast-error.js';
import { assertUsable, readTargetHeader, writeRefusal } from '../plain/index.js';
import { type BackupTarget, type CallOptions, TargetError } from '../target/index.js';
import { catalogOf, type UnusableSnapshot, type WholeSnapshot } from './catalog-view.js';

/**
 * Refuses a target from which nothing can be removed.
 *
 * @throws TargetError `UNSUPPORTED` for one that is a single archive; HoldfastError `FORMAT_UNSUPPORTED`.
 */
export async function assertCanRemove(target: BackupTarget, options: CallOptions): Promise<void> {
  if (target.capabilities.ownObjects !== true) {
    throw new TargetError({
      code: 'UNSUPPORTED',
      reason: 'nothing can be removed from it: it holds one snapshot and nothing else',
      url: target.url,
      operation: 'delete',
      hint: 'To be rid of it, delete the archive or the folder itself.',
    });
  }
  const header = await readTargetHeader(target, options);
  if (header !== undefined) assertUsable(target.url, header, writeRefusal);
}

/** What can be removed: every snapshot that has a place of its own in the target, also one that cannot be read. */
export type RemovableSnapshot = WholeSnapshot | UnusableSnapshot;

/**
 * Every snapshot that counts, whole or not.
 *
 * @throws HoldfastError `NOT_A_TARGET`, also for a place that is itself one snapshot.
 */
export async function* removableSnapshots(
  target: BackupTarget,
  options: CallOptions,
): AsyncGenerator<RemovableSnapshot> {
  for await (const item of catalogOf(target, options)) {
    if (item.status !== 'ok' && item.status !== 'damaged' && item.status !== 'newer') continue;
    if (item.prefix === '') {
      throw new HoldfastError({
        code: 'NOT_A_TARGET',
        message: `${target.url} is itself one snapshot: there is no target to remove it from`,
        hint: 'Name the folder above it as the target, or delete this folder itself.',
      });
    }
    yield item;
  }
}
