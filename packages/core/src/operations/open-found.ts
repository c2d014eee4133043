import { HoldfastError, isHoldfastError } from '../holdfast-error.js';
import { PlainSnapshot } from '../plain/index.js';
import type { BackupTarget, CallOptions } from '../target/index.js';
import { catalogOf, isNewer, related, type WholeSnapshot } from './catalog-view.js';
import type { FoundSnapshot } from './select.js';

/**
 * Opens a snapshot that was found. Whether it is whole shows only when its manifest is read: one that is not is never exchanged for
 * another in silence, but the error says which one before it would do.
 *
 * @throws HoldfastError `SNAPSHOT_DAMAGED`.
 */
export async function openFound(
  target: BackupTarget,
  found: FoundSnapshot,
  options: CallOptions,
): Promise<PlainSnapshot> {
  try {
    return await PlainSnapshot.open(target, found.prefix, found.record, options);
  } catch (error) {
    if (!isHoldfastError(error, 'SNAPSHOT_DAMAGED')) throw error;
    const older = await newestUsableBefore(target, found, options);
    if (older === undefined) throw error;
    const hint = `The newest before it that can be used is ${older.id}: name that one. ${error.hint}`;
    throw new HoldfastError({ code: 'SNAPSHOT_DAMAGED', message: error.message, hint, cause: error });
  }
}

async function newestUsableBefore(
  target: BackupTarget,
  { id, record }: FoundSnapshot,
  options: CallOptions,
): Promise<WholeSnapshot | undefined> {
  const older: WholeSnapshot[] = [];
  const damaged: WholeSnapshot = { status: 'ok', id, prefix: `${id}/`, record };
  for await (const item of catalogOf(target, options)) {
    if (item.status === 'ok' && item.id !== id && related(item, damaged) && isNewer(damaged, item)) older.push(item);
  }
  older.sort((left, right) => (isNewer(left, right) ? -1 : 1));
  for (const item of older) {
    try {
      await (await PlainSnapshot.open(target, item.prefix, item.record, options)).close();
      return item;
    } catch (error) {
      if (!isHoldfastError(error, 'SNAPSHOT_DAMAGED')) throw error;
    }
  }
  return undefined;
}
