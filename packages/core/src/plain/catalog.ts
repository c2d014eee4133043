import { inOrder } from '../flow/in-order.js';
import { OWN_FOLDER } from '../snapshot/fold-name.js';
import { decodeRecord, type SnapshotRecord } from '../snapshot/record.js';
import { isSnapshotId } from '../snapshot/snapshot-id.js';
import { type BackupTarget, type CallOptions, isTargetError } from '../target/index.js';
import { MANIFEST_KEY, MAX_RECORD_BYTES, RECORD_KEY, type SnapshotPrefix } from './layout.js';
import { readAll } from './read-object.js';
import type { Tombstone } from './tombstone.js';
import { readTrash } from './trash.js';
import { readRefusal } from './versions.js';

/** What stands in a place where a snapshot could be. */
export type CatalogItem =
  /** Removed, and not pruned yet: it counts for nobody. `was` is what stands there. */
  | {
      readonly status: 'removed';
      readonly id: string;
      readonly prefix: SnapshotPrefix;
      readonly tombstone: Tombstone;
      readonly was: PlacedItem;
    }
  /** Its tombstone is damaged: it counts as not removed, and comes by itself as well. */
  | { readonly status: 'unclear'; readonly id: string; readonly prefix: SnapshotPrefix; readonly reason: string }
  | PlacedItem;

/** What stands in a place, whatever the trash says. */
export type PlacedItem =
  | { readonly status: 'ok'; readonly id: string; readonly prefix: SnapshotPrefix; readonly record: SnapshotRecord }
  /** There is a record, and it is not what was written. It is named, and never used. */
  | { readonly status: 'damaged'; readonly id: string; readonly prefix: SnapshotPrefix; readonly reason: string }
  /** Written by a newer version in a way that this one must not read. */
  | { readonly status: 'newer'; readonly id: string; readonly prefix: SnapshotPrefix; readonly reason: string }
  /** No record: what an interrupted run left, or somebody else's folder. Nobody takes it as a snapshot. */
  | { readonly status: 'none'; readonly id: string; readonly prefix: SnapshotPrefix };

/**
 * Every top folder of a plain target with what stands in it, in the order of their names. A target that is itself one
 * snapshot (a copied snapshot folder, say) gives that one, with an empty prefix.
 */
export async function* readCatalog(target: BackupTarget, options: CallOptions): AsyncGenerator<CatalogItem> {
  const alone = await readItem(target, '', options);
  if (alone.status !== 'none') {
    yield alone;
    return;
  }
  // Before the snapshots: whoever is removed meanwhile is shown once more, and nobody is shown half pruned.
  const trash = await readTrash(target, options);
  for (const [id, item] of trash) {
    if (item.status === 'unclear')
      yield { status: 'unclear', id, prefix: `${id}/`, reason: unclearReason(item.reason) };
  }
  const tops = topPlaces(target, options);
  const items = inOrder(tops, target.capabilities.concurrency, async (top) =>
    typeof top === 'string' ? readItem(target, top, options) : top,
  );
  for await (const item of items) {
    const removed = trash.get(item.prefix.slice(0, -1));
    if (removed?.status !== 'removed') yield item;
    else
      yield {
        status: 'removed',
        id: removed.tombstone.id,
        prefix: item.prefix,
        tombstone: removed.tombstone,
        was: item,
      };
  }
}

function unclearReason(reason: string): string {
  return `whether it has been removed is not clear, so it counts as not removed: its tombstone is damaged: ${reason}`;
}

/** The item at one prefix. */
export async function readItem(
  target: BackupTarget,
  prefix: SnapshotPrefix,
  options: CallOptions,
): Promise<PlacedItem> {
  const name = prefix.slice(0, -1);
  let bytes: Uint8Array;
  try {
    bytes = await readAll(target.get(prefix + RECORD_KEY, options), MAX_RECORD_BYTES);
  } catch (error) {
    if (isTargetError(error, 'NOT_FOUND')) return await withoutRecord(target, prefix, options);
    if (isTargetError(error, 'ACCESS_DENIED') && prefix !== '') return unreadable(prefix, error.reason);
    if (isTargetError(error, 'CORRUPT')) return { status: 'damaged', id: name, prefix, reason: error.reason };
    if (error instanceof RangeError)
      return { status: 'damaged', id: name, prefix, reason: 'the record is far too long' };
    throw error;
  }
  const decoded = decodeRecord(bytes, readRefusal);
  if (decoded.status === 'newer') return { status: 'newer', id: name, prefix, reason: decoded.reason };
  if (decoded.status === 'damaged') {
    return { status: 'damaged', id: name, prefix, reason: `the record is damaged: ${decoded.reason}` };
  }
  const { record } = decoded;
  const { id } = record.payload;
  if (prefix === '' || id === name) return { status: 'ok', id, prefix, record };
  return {
    status: 'damaged',
    id: name,
    prefix,
    reason: `the record is that of snapshot ${id}: the folder was renamed or copied`,
  };
}

/** Does a record, of whatever state, or a manifest stand there? Then it is a snapshot's place, or the rest of one. */
export async function holdsSnapshot(
  target: BackupTarget,
  prefix: SnapshotPrefix,
  options: CallOptions,
): Promise<boolean> {
  if ((await readItem(target, prefix, options)).status !== 'none') return true;
  return (await target.stat(prefix + MANIFEST_KEY, options)) !== undefined;
}

/**
 * Without a record there is no snapshot. Where a root appears as a whole, though, a manifest without a record cannot be what
 * an interrupted run left: the record was there, and is gone.
 */
async function withoutRecord(target: BackupTarget, prefix: SnapshotPrefix, options: CallOptions): Promise<PlacedItem> {
  const id = prefix.slice(0, -1);
  const lost =
    prefix !== '' &&
    target.capabilities.wholeRoots === true &&
    (await target.stat(prefix + MANIFEST_KEY, options)) !== undefined;
  return lost ? { status: 'damaged', id, prefix, reason: 'its record is missing' } : { status: 'none', id, prefix };
}

/** A folder nobody lets us into (`lost+found`, say) is not ours, unless it is called as a snapshot is. */
function unreadable(prefix: SnapshotPrefix, reason: string): PlacedItem {
  const id = prefix.slice(0, -1);
  return isSnapshotId(id)
    ? { status: 'damaged', id, prefix, reason: `its record cannot be read: ${reason}` }
    : { status: 'none', id, prefix };
}

/** The names of a target's top folders, in order: snapshots, and whatever else is there. */
export async function* topNames(target: BackupTarget, options: CallOptions): AsyncGenerator<string> {
  for await (const top of topPlaces(target, options)) if (typeof top === 'string') yield top.slice(0, -1);
}

/** The places where snapshots may be. What has the name of one and can hold none is named: something took the snapshot's place. */
async function* topPlaces(target: BackupTarget, options: CallOptions): AsyncGenerator<SnapshotPrefix | PlacedItem> {
  for await (const { key, type } of target.list('', { ...options, oneLevel: true })) {
    if (type === 'prefix') {
      if (key !== `${OWN_FOLDER}/`) yield key;
    } else if (type !== 'directory' && isSnapshotId(key)) {
      const what = type === 'symlink' ? 'a link, which is not followed,' : 'a file';
      yield { status: 'damaged', id: key, prefix: `${key}/`, reason: `${what} has taken its place` };
    }
  }
}
