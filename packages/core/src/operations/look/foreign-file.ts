import { isLeftBySystem } from '../../files/index.js';
import { isRefused } from '../../snapshot/index.js';
import { type BackupTarget, type CallOptions, compareKeys } from '../../target/index.js';
import { type ShownSnapshot, showSnapshot } from './show.js';

/** Below the id of a snapshot. */
const OWN = '.holdfast/';

/**
 * The first file that lies among those of a snapshot and is none of it: somebody has put it there. It would go with the snapshot, so who
 * replaces or removes one that stands in the open asks for it first.
 *
 * What a system has put there by itself does not count.
 *
 * Both the manifest and a listing have files in the order of their keys, so they are gone through side by side.
 *
 * @param id of a snapshot in the target
 * @returns its path in the snapshot; `undefined` where there is none
 * @throws HoldfastError `SNAPSHOT_DAMAGED` where it cannot be known what belongs to it; `SNAPSHOT_NOT_FOUND`, `NOT_A_TARGET`
 */
export async function foreignFile(
  target: BackupTarget,
  id: string,
  options: CallOptions = {},
): Promise<string | undefined> {
  const snapshot = await showSnapshot({ target, which: id, ...options });
  const known = paths(snapshot)[Symbol.asyncIterator]();
  try {
    let next = await known.next();
    for await (const { key } of target.list(`${id}/`, options)) {
      const path = key.slice(id.length + 1);
      if (path.startsWith(OWN) || isLeftBySystem(path.slice(path.lastIndexOf('/') + 1))) continue;
      while (next.done !== true && compareKeys(next.value, path) < 0) next = await known.next();
      if (next.done === true || next.value !== path) return path;
    }
    return undefined;
  } finally {
    await known.return?.(undefined);
    await snapshot.close();
  }
}

/** Where the bytes of files lie, and what folders and links are called. */
async function* paths(snapshot: ShownSnapshot): AsyncGenerator<string> {
  for await (const item of snapshot.entries()) if (!isRefused(item)) yield item.entry.path;
}
