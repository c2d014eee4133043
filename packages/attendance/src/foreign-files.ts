import { type BackupTarget, isRefused, showSnapshot } from '@holdfast/core';

/** Below the id of a snapshot. */
const OWN = '.holdfast/';

/**
 * The first file that lies among those of a backup and is none of it: somebody has put it there. It would go with the backup.
 *
 * Both the manifest and a listing have files in the order of their keys, so they are gone through side by side.
 */
export async function foreignFile(
  target: BackupTarget,
  id: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const snapshot = await showSnapshot({ target, which: id, signal });
  const known = keysOf(snapshot.entries())[Symbol.asyncIterator]();
  try {
    let next = await known.next();
    for await (const { key } of target.list(`${id}/`, { signal })) {
      const path = key.slice(id.length + 1);
      if (path.startsWith(OWN)) continue;
      while (next.done !== true && compareBytes(next.value, path) < 0) next = await known.next();
      if (next.done === true || next.value !== path) return path;
    }
    return undefined;
  } finally {
    await known.return?.(undefined);
    await snapshot.close();
  }
}

type Entries = ReturnType<Awaited<ReturnType<typeof showSnapshot>>['entries']>;

/** Where the bytes of files lie, and what folders and links are called. */
async function* keysOf(entries: Entries): AsyncGenerator<string> {
  for await (const item of entries) if (!isRefused(item)) yield item.entry.path;
}

function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
