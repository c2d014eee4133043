import { createHash } from 'node:crypto';
import { inOrder } from '../../flow/in-order.js';
import { HoldfastError } from '../../holdfast-error.js';
import {
  markedIds,
  readItem,
  readTrash,
  readUndone,
  type Tombstone,
  tombstoneTimeMs,
  topNames,
} from '../../plain/index.js';
import { idMatches } from '../../snapshot/snapshot-id.js';
import type { BackupTarget, CallOptions } from '../../target/index.js';

/** What an undo in a target would do now. */
export interface UndoableRemoval {
  /** `bringBack`: take back the newest removal. `removeAgain`: the last thing done there was such an undo; again is redo. */
  readonly action: 'bringBack' | 'removeAgain';
  /** When the removal, or its undo, was done: ISO 8601. What is newest of all that can be undone is decided by it. */
  readonly at: string;
  readonly removal: string;
  readonly ids: readonly string[];
}

/** The newest removal in a target, or its undo; `undefined` where there is none. */
export async function newestRemoval(target: BackupTarget, options: CallOptions): Promise<UndoableRemoval | undefined> {
  if (target.capabilities.ownObjects !== true) return undefined;
  // While nothing else has come or gone there, the undo was the last thing done. No clock is asked.
  const undone = await readUndone(target, options);
  if (undone !== undefined && undone.state === (await stateWithout(target, [], options)))
    return { action: 'removeAgain', at: undone.at, removal: undone.removal, ids: undone.ids };
  const trash = await readTrash(target, options);
  const newest = await newestOf(
    target,
    [...trash.values()].flatMap((item) => (item.status === 'removed' ? [item.tombstone] : [])),
    options,
  );
  if (newest === undefined) return undefined;
  const { removal, at } = newest;
  const ids = [...trash].filter(([, item]) => item.status === 'removed' && item.tombstone.removal === removal);
  return { action: 'bringBack', at, removal, ids: ids.map(([id]) => id) };
}

/** The one that came last: by the store's own clock where it dates them all, for those who removed them may have had different ones. */
async function newestOf(
  target: BackupTarget,
  tombstones: readonly Tombstone[],
  options: CallOptions,
): Promise<Tombstone | undefined> {
  const times = new Map<Tombstone, number | undefined>();
  const timeOf = async (one: Tombstone): Promise<void> =>
    void times.set(one, await tombstoneTimeMs(target, one.id, options));
  for await (const _ of inOrder(tombstones, target.capabilities.concurrency, timeOf));
  const isDated = tombstones.every((one) => times.get(one) !== undefined);
  const ranks = (one: Tombstone): readonly number[] => [isDated ? (times.get(one) ?? 0) : 0, Date.parse(one.at)];
  const [newest] = [...tombstones].sort((left, right) => {
    const [[leftTime = 0, leftAt = 0], [rightTime = 0, rightAt = 0]] = [ranks(left), ranks(right)];
    return rightTime - leftTime || rightAt - leftAt || (left.removal > right.removal ? -1 : 1);
  });
  return newest;
}

/**
 * The removed snapshot that a word means: an id, the beginning of one or of its tail, or a name. It is brought back by itself.
 *
 * @throws HoldfastError `NOTHING_TO_UNDO` if none is meant; `SNAPSHOT_AMBIGUOUS`.
 */
export async function removalOf(target: BackupTarget, which: string, options: CallOptions): Promise<UndoableRemoval> {
  const found: Tombstone[] = [];
  for (const [id, item] of await readTrash(target, options)) {
    if (item.status !== 'removed') continue;
    if (idMatches(id, which) || (await nameOf(target, id, options)) === which) found.push(item.tombstone);
  }
  const [meant, ...others] = found;
  if (meant === undefined) {
    throw new HoldfastError({
      code: 'NOTHING_TO_UNDO',
      message: `no removed snapshot in ${target.url} is called "${which}"`,
      hint: 'The snapshots that were removed and can be brought back are listed with `holdfast list --removed`.',
    });
  }
  if (others.length === 0) return { action: 'bringBack', at: meant.at, removal: meant.removal, ids: [meant.id] };
  throw new HoldfastError({
    code: 'SNAPSHOT_AMBIGUOUS',
    message: `"${which}" means ${found.length} removed snapshots in ${target.url}`,
    hint: 'Give more of the id.',
  });
}

async function nameOf(target: BackupTarget, id: string, options: CallOptions): Promise<string | undefined> {
  const item = await readItem(target, `${id}/`, options);
  return item.status === 'ok' ? item.record.payload.name : undefined;
}

/**
 * What a target holds, in one number: its top names, its tombstones but for `ids`, its marks of prunes. Equal twice, nothing was backed
 * up, mirrored, removed, brought back or pruned there in between.
 */
export async function stateWithout(
  target: BackupTarget,
  ids: readonly string[],
  options: CallOptions,
): Promise<string> {
  const hash = createHash('sha256');
  const without = new Set(ids);
  for await (const name of topNames(target, options)) hash.update(`top ${name}\n`);
  for (const kind of ['trash', 'pruned'] as const) {
    for await (const id of markedIds(target, kind, options)) {
      if (kind === 'pruned' || !without.has(id)) hash.update(`${kind} ${id}\n`);
    }
  }
  return hash.digest('hex');
}
