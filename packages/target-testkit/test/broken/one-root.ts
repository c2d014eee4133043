import { wrapTarget } from '@holdfast/core/decorators';
import { type BackupTarget, isTargetError } from '@holdfast/core/target';
import { type MemoryStore, type MemoryTargetOptions, memoryTarget, type StoredObject } from '@holdfast/core/testing';
import { type BrokenTarget, turn, withBatch } from './broken.js';

const NOTHING_BESIDE = { append: false, delete: false, ownObjects: false } as const;
const REPLACED: MemoryTargetOptions = { capabilities: { ...NOTHING_BESIDE, oneRoot: 'replaced' } };
const KEPT: MemoryTargetOptions = { capabilities: { ...NOTHING_BESIDE, oneRoot: 'kept' } };

/** Does something to what stands when a root is committed: before, or with what stood there after. */
function atCommit(
  target: BackupTarget,
  store: MemoryStore,
  work: {
    before?: () => Promise<void> | void;
    after?: (old: ReadonlyMap<string, StoredObject>) => Promise<void> | void;
  },
): BackupTarget {
  return withBatch(target, (batch) => ({
    async commit(record, options) {
      const old = new Map(store.objects);
      await work.before?.();
      const receipt = await batch.commit(record, options);
      await work.after?.(old);
      return receipt;
    },
  }));
}

/** Faults of a place that is one root. */
export const brokenOneRoots: readonly BrokenTarget[] = [
  {
    fault: 'leaves of the old root what the new one has not',
    red: 'another root takes the place of the one that stands, and nothing of that is left',
    options: REPLACED,
    break: (target, store) =>
      atCommit(target, store, {
        after(old) {
          const left = old.get('r/b/old');
          if (left !== undefined) store.objects.set('r/b/old', left);
        },
      }),
  },
  {
    fault: 'clears the place when a batch begins',
    red: 'until the commit, and after an abort, the root that stands is whole',
    options: REPLACED,
    break: (target, store) =>
      wrapTarget(target, {
        async begin(options) {
          store.objects.clear();
          return target.begin(options);
        },
      }),
  },
  {
    fault: 'takes one object after the other away, and only then lets the new ones come',
    red: 'who looks while a root takes the place of another one sees the one or the other, whole',
    options: REPLACED,
    break: (target, store) =>
      atCommit(target, store, {
        async before() {
          const gone = new Map(store.objects);
          for (const key of gone.keys()) {
            if (key === 'r/a') continue;
            store.objects.delete(key);
            await turn();
            await turn();
          }
          for (const [key, object] of gone) store.objects.set(key, object);
        },
      }),
  },
  {
    fault: 'replaces whatever stands there',
    red: 'of two batches begun on what stands one takes its place, and the other is ALREADY_EXISTS: it has not seen what it would replace',
    options: REPLACED,
    break: (target, store) =>
      withBatch(target, (batch, { root }) => ({
        async commit(record, options) {
          return batch.commit(record, options).catch((error: unknown) => {
            if (!isTargetError(error, 'ALREADY_EXISTS')) throw error;
            store.objects.set(`${root}/lost`, { bytes: new Uint8Array(0), attributes: {}, listedFromMs: 0 });
            return { durableBy: 'memory' as const };
          });
        },
      })),
  },
  {
    fault: 'empties what a copy shares when its original goes',
    red: 'a copy of what is replaced outlives it',
    options: REPLACED,
    break: (target, store) =>
      atCommit(target, store, {
        after() {
          for (const [key, object] of store.objects) {
            if (object.sharedId !== undefined) store.objects.set(key, { ...object, bytes: new Uint8Array(0) });
          }
        },
      }),
  },
  {
    fault: 'lets a second root take the place of the one it keeps',
    red: 'a second root is ALREADY_EXISTS, at commit at the latest, and what stands stays',
    options: KEPT,
    break(target, store) {
      const loose = memoryTarget({ ...REPLACED, store });
      return wrapTarget(target, { begin: (options) => loose.begin(options) });
    },
  },
  {
    fault: 'forgets the record when it removes its root',
    red: 'where the one root is removed nothing is left, and another one can come',
    options: KEPT,
    break: (target, store) =>
      wrapTarget(target, {
        async removeRoot(root, options) {
          const record = store.objects.get('r/m-record.json');
          const removed = await target.removeRoot(root, options);
          if (record !== undefined) store.objects.set('r/m-record.json', record);
          return removed;
        },
      }),
  },
];
