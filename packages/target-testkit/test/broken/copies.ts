import { wrapTarget } from '@holdfast/core/decorators';
import { type BackupTarget, bytesSource, emptySource, TargetError } from '@holdfast/core/target';
import { all, type BrokenTarget, withBatch } from './broken.js';

const copyingNothing = (target: BackupTarget): BackupTarget => withBatch(target, () => ({ copy: async () => {} }));

/** Faults of copies and deletions. */
export const brokenCopies: readonly BrokenTarget[] = [
  {
    fault: 'copies nothing and says nothing',
    red: 'a copy of a committed object holds its bytes, and the original stays [new root]',
    break: copyingNothing,
  },
  {
    fault: 'moves where it should copy',
    red: 'a copy of a committed object holds its bytes, and the original stays [added]',
    break: (target, store) =>
      withBatch(target, (batch) => ({
        async copy(fromKey, toKey, options) {
          await batch.copy(fromKey, toKey, options);
          store.objects.delete(fromKey);
        },
      })),
  },
  {
    fault: 'copies only what is committed',
    red: 'an object put or copied earlier into the same batch can be copied [new root]',
    break: (target) =>
      withBatch(target, (batch) => ({
        async copy(fromKey, toKey, options) {
          const bytes = Buffer.concat(await all(target.get(fromKey)));
          await batch.put(toKey, bytesSource(bytes), options);
        },
      })),
  },
  {
    fault: 'makes an empty object of a missing one',
    red: 'a copy from a missing key is NOT_FOUND, leaves nothing, and the batch goes on [new root]',
    break: (target) =>
      withBatch(target, (batch) => ({
        copy: (fromKey, toKey, options) =>
          batch.copy(fromKey, toKey, options).catch(async () => void (await batch.put(toKey, emptySource))),
      })),
  },
  {
    fault: 'copies by a reference to the key',
    red: 'a copy outlives its original, and the original its copy',
    break: (target) => {
      const references = new Map<string, string>();
      return wrapTarget(
        withBatch(target, (batch) => ({
          async copy(fromKey, toKey, options) {
            references.set(toKey, fromKey);
            await batch.copy(fromKey, toKey, options);
          },
        })),
        { get: (key, options) => target.get(references.get(key) ?? key, options) },
      );
    },
  },
  {
    fault: 'keeps a copy whose batch was aborted',
    red: 'an abort takes the copies and leaves the originals [new root]',
    break: (target, store) =>
      withBatch(target, (batch) => ({
        async copy(fromKey, toKey, options) {
          await batch.copy(fromKey, toKey, options);
          const original = store.objects.get(fromKey);
          if (original !== undefined) store.objects.set(toKey, original);
        },
      })),
  },
  {
    fault: 'says that every object shares its bytes with every other',
    red: 'where copies share their bytes, the listing says so with one sharedId, and other objects have another or none',
    break: (target) =>
      wrapTarget(target, {
        async stat(key, options) {
          const info = await target.stat(key, options);
          return info && { ...info, sharedId: 'all' };
        },
      }),
  },
  {
    fault: 'takes a copy without a word where it declares that it cannot',
    red: 'where nothing can be copied, asking for it is UNSUPPORTED, also from a missing key',
    options: { capabilities: { copy: false, copyShares: false } },
    break: copyingNothing,
  },
  {
    fault: 'deletes nothing and says nothing',
    red: 'what is deleted is gone, what is beside it stays',
    break: (target) => wrapTarget(target, { delete: async () => {} }),
  },
  {
    fault: 'fails for what is absent already',
    red: 'deleting what is absent, or was deleted before, is no error',
    break: (target) =>
      wrapTarget(target, {
        async delete(keys, options) {
          for (const key of keys) {
            if ((await target.stat(key)) === undefined) {
              throw new TargetError({ code: 'NOT_FOUND', reason: 'absent', url: target.url, operation: 'delete', key });
            }
          }
          await target.delete(keys, options);
        },
      }),
  },
  {
    fault: 'deletes all that begins with the key',
    red: 'deleting the name of a folder takes nothing of what is in it',
    break: (target) =>
      wrapTarget(target, {
        async delete(keys, options) {
          for (const key of keys) {
            const below = (await all(target.list(`${key}/`))).map((line) => line.key);
            await target.delete([key, ...below], options);
          }
        },
      }),
  },
  {
    fault: 'deletes as many as one request can name',
    red: 'more objects than one request can name are deleted in one call',
    break: (target) => wrapTarget(target, { delete: (keys, options) => target.delete(keys.slice(0, 100), options) }),
  },
  {
    fault: 'leaves the empty folders',
    red: 'folders that have become empty go too, and the place can be filled again',
    break: (target) => {
      const folders = new Set<string>();
      return wrapTarget(target, {
        async *list(prefix, options) {
          const lines = await all(target.list(prefix, options));
          if (options?.oneLevel) {
            for (const folder of folders) {
              if (folder.startsWith(prefix) && !lines.some((line) => line.key === folder)) {
                lines.push({ key: folder, type: 'prefix', sizeBytes: 0 });
              }
            }
          }
          yield* lines;
        },
        async delete(keys, options) {
          for (const key of keys) if (key.includes('/')) folders.add(key.slice(0, key.lastIndexOf('/') + 1));
          await target.delete(keys, options);
        },
      });
    },
  },
  {
    fault: 'removes the folder that another batch is just filling',
    red: 'a folder that empties while a batch fills it loses nothing of the batch',
    break: (target, store) =>
      wrapTarget(target, {
        async delete(keys) {
          for (const key of keys) {
            const folder = key.slice(0, key.lastIndexOf('/') + 1);
            store.objects.delete(key);
            await new Promise((resolve) => setImmediate(resolve));
            for (const other of [...store.objects.keys()]) if (other.startsWith(folder)) store.objects.delete(other);
          }
        },
      }),
  },
  {
    fault: 'deletes though it declares that it cannot',
    red: 'where nothing can be deleted, asking for it is UNSUPPORTED and takes nothing',
    options: { capabilities: { delete: false } },
    break: (target, store) =>
      wrapTarget(target, {
        async delete(keys) {
          for (const key of keys) store.objects.delete(key);
        },
      }),
  },
  {
    fault: 'claims that copies share though they take space',
    red: 'where copies take space of their own, no two objects claim to share',
    options: { capabilities: { copyShares: false } },
    break: (target) =>
      wrapTarget(target, {
        async stat(key, options) {
          const info = await target.stat(key, options);
          return info && { ...info, sharedId: 'shared' };
        },
      }),
  },
  {
    fault: 'gives up a copy with other attributes by an error of its own',
    red: 'a copy with other attributes is made right or refused with COPY_REFUSED: the original keeps its own',
    break: (target) =>
      withBatch(target, (batch) => ({
        copy: (fromKey, toKey, options) =>
          options?.attributes === undefined
            ? batch.copy(fromKey, toKey, options)
            : Promise.reject(new Error('EMLINK: too many links')),
      })),
  },
];
