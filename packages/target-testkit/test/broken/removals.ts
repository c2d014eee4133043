import { wrapTarget } from '@holdfast/core/decorators';
import { type BackupTarget, isOwnKey, type Residue } from '@holdfast/core/target';
import { type BrokenTarget, withBatch } from './broken.js';

const KEYS_ONLY = { capabilities: { append: false, delete: false } };

/** A sweep that gives something else. */
function sweeping(target: BackupTarget, give: (found: Residue[]) => Residue[]): BackupTarget {
  return wrapTarget(target, {
    async *sweep(options) {
      const found: Residue[] = [];
      for await (const residue of target.sweep(options)) found.push(residue);
      yield* give(found);
    },
  });
}

/** Faults in removing roots, in what is the target's own, and in sweeping. */
export const brokenRemovals: readonly BrokenTarget[] = [
  {
    fault: 'removes every root whose name begins so',
    red: 'a root that is removed is gone as a whole, and those beside it stay',
    break: (target, store) =>
      wrapTarget(target, {
        async removeRoot(root, options) {
          for (const key of store.objects.keys()) if (key.startsWith(root)) store.objects.delete(key);
          return target.removeRoot(root, options);
        },
      }),
  },
  {
    fault: 'does not know a root that was never there',
    red: 'a root can be removed again, also one that never was, and filled anew',
    break: (target) =>
      wrapTarget(target, {
        async removeRoot(root, options) {
          const removed = await target.removeRoot(root, options);
          return removed.objects === 0 ? { objects: 1, sizeBytes: 0 } : removed;
        },
      }),
  },
  {
    fault: 'takes a dry run for a removal',
    red: 'a dry run tells what a root holds, and takes nothing',
    break: (target) => wrapTarget(target, { removeRoot: (root) => target.removeRoot(root) }),
  },
  {
    fault: 'empties what a root shares',
    red: 'what a root shares with another one stays whole in the other',
    break: (target, store) =>
      wrapTarget(target, {
        async removeRoot(root, options) {
          for (const [key, object] of store.objects) {
            if (object.sharedId !== undefined) store.objects.set(key, { ...object, bytes: new Uint8Array(0) });
          }
          return target.removeRoot(root, options);
        },
      }),
  },
  {
    fault: 'removes what is below any key',
    red: 'what is no root, and a record outside of it, is INVALID_KEY, and nothing goes',
    break: (target) =>
      wrapTarget(target, {
        removeRoot: async (root, options) =>
          root === 'r/a' ? { objects: 0, sizeBytes: 0 } : target.removeRoot(root, options),
      }),
  },
  {
    fault: 'says nothing where it removes nothing',
    red: 'where no root can be removed, asking for it is UNSUPPORTED and takes nothing',
    options: { capabilities: { removeRoots: false } },
    break: (target) => wrapTarget(target, { removeRoot: async () => ({ objects: 0, sizeBytes: 0 }) }),
  },
  {
    fault: 'does not list what is its own',
    red: 'an own object is written, replaced and deleted beside the roots, also where nothing else can be',
    break: (target) =>
      wrapTarget(target, {
        async *list(prefix, options) {
          for await (const line of target.list(prefix, options)) if (!isOwnKey(line.key)) yield line;
        },
      }),
  },
  {
    fault: 'takes any object where only its own can be added',
    red: 'where only own objects can be added, everything else is refused and nothing is left',
    options: KEYS_ONLY,
    break: (target) =>
      withBatch(target, (batch, { root }) => ({
        put: (key, source, options) =>
          root === undefined ? Promise.resolve({ confirmed: false }) : batch.put(key, source, options),
      })),
  },
  {
    fault: 'deletes what it may and passes over the rest',
    red: 'where only own objects can be deleted, a call that names others is UNSUPPORTED and takes nothing',
    options: KEYS_ONLY,
    break: (target) => wrapTarget(target, { delete: (keys, options) => target.delete(keys.filter(isOwnKey), options) }),
  },
  {
    fault: 'finds residue where there is none',
    red: 'where nothing is left over, a sweep finds nothing, makes nothing and takes nothing',
    break: (target) => sweeping(target, () => [{ kind: 'batch', name: 'x', sizeBytes: 0, state: 'dead' }]),
  },
  {
    fault: 'sweeps the living',
    red: 'a batch that lives is left alone, and comes out whole [new root]',
    break: (target) => sweeping(target, (found) => found.map((residue) => ({ ...residue, state: 'cleared' as const }))),
  },
  {
    fault: 'sweeps a root without asking how old it is',
    red: 'a root without a record goes when it is old enough, and only if it was named',
    options: { publish: 'put' },
    break: (target) => wrapTarget(target, { sweep: (options) => target.sweep({ ...options, abandonedAfterMs: 0 }) }),
  },
  {
    fault: 'sweeps roots that are whole',
    red: 'where roots are whole, no root is swept, whatever is named',
    break: (target, store) =>
      wrapTarget(target, {
        async *sweep(options) {
          yield* target.sweep(options);
          for (const root of options?.abandonedRoots ?? []) {
            for (const key of store.objects.keys()) if (key.startsWith(`${root}/`)) store.objects.delete(key);
          }
        },
      }),
  },
];
