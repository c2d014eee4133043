import {
  ABANDONED_AFTER_MS,
  assertRemovable,
  type RemovedRoot,
  type RemoveRootOptions,
  type Residue,
  type SweepOptions,
} from '../target/index.js';
import type { MemoryHandle } from './memory-handle.js';
import { removeFromStore, type StoredObject } from './memory-store.js';

/** Removes a root in one step, so that nobody sees half of it. */
export async function removeRoot(
  handle: MemoryHandle,
  root: string,
  options: RemoveRootOptions = {},
): Promise<RemovedRoot> {
  handle.enter('removeRoot', options, root);
  if (handle.capabilities.removeRoots !== true) {
    throw handle.fail('UNSUPPORTED', 'this target cannot remove a root', 'removeRoot', root);
  }
  assertRemovable(root, options.record, handle.url);
  const objects = below(handle, root);
  const surely = objects.filter(([, { sharedId }]) => sharedId === undefined);
  const sizeBytes = surely.reduce((sum, [, { bytes }]) => sum + bytes.byteLength, 0);
  if (options.dryRun !== true) for (const [key] of objects) removeFromStore(handle.store, key);
  if (options.dryRun !== true) handle.store.objects.delete(root);
  return { objects: objects.length, sizeBytes };
}

/** Batches live in this process, so all of them count as living. Roots without a record exist only where objects show as they are put. */
export async function* sweep(handle: MemoryHandle, options: SweepOptions = {}): AsyncGenerator<Residue> {
  const { abandonedRoots = [], abandonedAfterMs = ABANDONED_AFTER_MS, dryRun = false } = options;
  handle.enter('sweep', options);
  let number = 0;
  for (const _ of handle.store.staged) {
    handle.enter('sweep', options);
    yield { kind: 'batch', name: `batch ${++number}`, sizeBytes: 0, state: 'living' };
  }
  for (const root of abandonedRoots) {
    handle.enter('sweep', options, root);
    // What a `prefixed` target calls a root is a deeper folder here, and not whole.
    if (handle.capabilities.wholeRoots === true && !root.includes('/')) continue;
    const objects = below(handle, root);
    if (objects.length === 0) continue;
    const newestMs = Math.max(...objects.map(([, { listedFromMs }]) => listedFromMs - handle.capabilities.listDelayMs));
    const sizeBytes = objects.reduce((sum, [, { bytes }]) => sum + bytes.byteLength, 0);
    const living = handle.now() - newestMs < abandonedAfterMs;
    if (!living && !dryRun) for (const [key] of objects) handle.store.objects.delete(key);
    yield { kind: 'root', name: root, sizeBytes, state: living ? 'living' : dryRun ? 'dead' : 'cleared' };
  }
}

function below({ store }: MemoryHandle, root: string): [string, StoredObject][] {
  return [...store.objects].filter(([key]) => key.startsWith(`${root}/`));
}
