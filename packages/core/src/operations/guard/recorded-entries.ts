import type { PlainSnapshot } from '../../plain/index.js';
import { isRefused, type LocatedEntry } from '../../snapshot/index.js';
import { orderKey } from '../../snapshot/path-order.js';

/** The entries of a snapshot with what they are ordered by; those that are refused are passed over. */
export async function* recordedWithKeys(
  snapshot: PlainSnapshot,
): AsyncGenerator<{ readonly key: Uint8Array; readonly located: LocatedEntry }> {
  for await (const item of snapshot.entries())
    if (!isRefused(item)) yield { key: orderKey(item.pathBytes, item.entry.type === 'directory'), located: item };
}
