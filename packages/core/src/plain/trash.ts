import { inOrder } from '../flow/in-order.js';
import { isSafeId } from '../snapshot/snapshot-id.js';
import { type BackupTarget, type CallOptions, isTargetError, TargetError } from '../target/index.js';
import { PRUNED_PREFIX, TRASH_PREFIX, UNDONE_KEY } from './layout.js';
import { readAll } from './read-object.js';
import {
  decodeTombstone,
  decodeUndone,
  encodeTombstone,
  encodeUndone,
  type RemovalLabels,
  type Tombstone,
  type UndoneRemoval,
} from './tombstone.js';
import { writeControlObject } from './write-control-object.js';

/** A tombstone is a few hundred bytes, what an undo brought back a list of ids; a longer object is neither. */
const MAX_BYTES = 1024 * 1024;

/** What stands in the trash for one id. */
export type TrashItem =
  | { readonly status: 'removed'; readonly tombstone: Tombstone }
  /** Something is there, and it is not what was written. Nobody loses a snapshot by it: it counts as not removed. */
  | { readonly status: 'unclear'; readonly reason: string };

/** Every tombstone of a target, by the id of its snapshot. In memory: as many as were removed since the last prune. */
export async function readTrash(target: BackupTarget, options: CallOptions): Promise<ReadonlyMap<string, TrashItem>> {
  const trash = new Map<string, TrashItem>();
  // Where the target has no place of its own beside the snapshots nothing can have been removed.
  if (target.capabilities.ownObjects !== true) return trash;
  const ids = idsBelow(target, TRASH_PREFIX, options);
  for await (const [id, item] of inOrder(ids, target.capabilities.concurrency, (id) => readOne(target, id, options))) {
    if (item !== undefined) trash.set(id, item);
  }
  return trash;
}

/** What stands in the trash for this id now. */
export async function readTombstone(
  target: BackupTarget,
  id: string,
  options: CallOptions,
): Promise<TrashItem | undefined> {
  return (await readOne(target, id, options))[1];
}

/** Removes a snapshot: durable when it resolves. */
export async function writeTombstone(
  target: BackupTarget,
  { id, removal, ...labels }: RemovalLabels & Pick<Tombstone, 'id' | 'removal'>,
  options: CallOptions,
): Promise<void> {
  const key = TRASH_PREFIX + id;
  try {
    await writeControlObject(target, key, encodeTombstone(id, removal, labels), options);
  } catch (error) {
    if (!isTargetError(error, 'ALREADY_EXISTS')) throw error;
    const { reason, url, operation } = error;
    const hint = `Something that is no tombstone stands in its place, ${key} of the target: look at it, and move it away.`;
    throw new TargetError({ code: 'ALREADY_EXISTS', reason, url, operation, key, hint, cause: error });
  }
}

/** Brings back what was removed; ids without a tombstone are no error. */
export async function deleteTombstones(
  target: BackupTarget,
  ids: readonly string[],
  options: CallOptions,
): Promise<void> {
  await target.delete(
    ids.map((id) => TRASH_PREFIX + id),
    options,
  );
}

/** Is this snapshot being deleted by a prune, or has it been? */
export async function isPruned(target: BackupTarget, id: string, options: CallOptions): Promise<boolean> {
  if (target.capabilities.ownObjects !== true) return false;
  return (await target.stat(PRUNED_PREFIX + id, options)) !== undefined;
}

/** Has any snapshot of this target ever been pruned? */
export async function hasPruned(target: BackupTarget, options: CallOptions): Promise<boolean> {
  if (target.capabilities.ownObjects !== true) return false;
  for await (const _ of target.list(PRUNED_PREFIX, options)) return true;
  return false;
}

/** Announces that a prune deletes this snapshot from now on. */
export async function markPruned(
  target: BackupTarget,
  id: string,
  labels: RemovalLabels,
  options: CallOptions,
): Promise<void> {
  // The name says it; what is in it is for people.
  await writeControlObject(target, PRUNED_PREFIX + id, Buffer.from(`${JSON.stringify({ id, ...labels })}\n`), options);
}

/** The snapshot may be there again. */
export async function unmarkPruned(target: BackupTarget, ids: readonly string[], options: CallOptions): Promise<void> {
  await target.delete(
    ids.map((id) => PRUNED_PREFIX + id),
    options,
  );
}

/** The ids that have a tombstone, of whatever state, or a mark of a prune; in order. */
export function markedIds(
  target: BackupTarget,
  kind: 'trash' | 'pruned',
  options: CallOptions,
): AsyncGenerator<string> {
  return idsBelow(target, kind === 'trash' ? TRASH_PREFIX : PRUNED_PREFIX, options);
}

/** What the last undo brought back. */
export async function readUndone(target: BackupTarget, options: CallOptions): Promise<UndoneRemoval | undefined> {
  const bytes = await readIfThere(target, UNDONE_KEY, options);
  return typeof bytes === 'string' || bytes === undefined ? undefined : decodeUndone(bytes);
}

/** Remembers what an undo brought back. */
export async function writeUndone(
  target: BackupTarget,
  undone: RemovalLabels & Pick<UndoneRemoval, 'removal' | 'ids' | 'state'>,
  options: CallOptions,
): Promise<void> {
  await writeControlObject(target, UNDONE_KEY, encodeUndone(undone), options);
}

/** There is nothing to remove again. */
export async function deleteUndone(target: BackupTarget, options: CallOptions): Promise<void> {
  await target.delete([UNDONE_KEY], options);
}

async function readOne(
  target: BackupTarget,
  id: string,
  options: CallOptions,
): Promise<readonly [string, TrashItem | undefined]> {
  const bytes = await readIfThere(target, TRASH_PREFIX + id, options);
  if (bytes === undefined) return [id, undefined];
  const tombstone = typeof bytes === 'string' ? bytes : decodeTombstone(bytes, id);
  return [
    id,
    typeof tombstone === 'string' ? { status: 'unclear', reason: tombstone } : { status: 'removed', tombstone },
  ];
}

/** The bytes; `undefined` where nothing is, also where somebody has just taken it away; why it is damaged. */
async function readIfThere(
  target: BackupTarget,
  key: string,
  options: CallOptions,
): Promise<Uint8Array | string | undefined> {
  try {
    return await readAll(target.get(key, options), MAX_BYTES);
  } catch (error) {
    if (isTargetError(error, 'NOT_FOUND')) return undefined;
    if (isTargetError(error, 'CORRUPT')) return error.reason;
    if (error instanceof RangeError) return 'it is far too long';
    throw error;
  }
}

async function* idsBelow(target: BackupTarget, prefix: string, options: CallOptions): AsyncGenerator<string> {
  for await (const { key, type } of target.list(prefix, { ...options, oneLevel: true })) {
    const id = key.slice(prefix.length);
    if (type === 'file' && isSafeId(id)) yield id;
  }
}
