import { wrapTarget } from '@holdfast/core/decorators';
import { type BackupTarget, bytesSource, emptySource, isTargetError, TargetError } from '@holdfast/core/target';
import type { MemoryStore } from '@holdfast/core/testing';
import { all, type BrokenTarget, withBatch } from './broken.js';

/** Stores and finds every key under another one. */
function withKeys(map: (key: string) => string): BrokenTarget['break'] {
  return (target) =>
    wrapTarget(
      withBatch(target, (batch) => ({
        put: (key, source, options) => batch.put(map(key), source, options),
      })),
      {
        stat: (key, options) => target.stat(map(key), options),
        get: (key, options) => target.get(map(key), options),
      },
    );
}

/** Follows the links that the store holds, in the last segment of a key and in those before it. */
function followed(store: MemoryStore, key: string): string {
  let path = '';
  for (const segment of key.split('/')) {
    const here = path === '' ? segment : `${path}/${segment}`;
    const link = store.objects.get(here)?.attributes.linkTarget;
    path = link === undefined ? here : `${path}/${Buffer.from(link).toString()}`;
  }
  return path;
}

const copyingNothing = (target: BackupTarget): BackupTarget => withBatch(target, () => ({ copy: async () => {} }));

export const brokenOthers: readonly BrokenTarget[] = [
  {
    fault: 'makes the place when it is only opened',
    red: 'a fresh place lists nothing, under any prefix, and opening it has put nothing there',
    break: (target, store) => {
      store.staged.add({});
      return target;
    },
  },
  {
    fault: 'lets anybody change its capabilities',
    red: 'capabilities are frozen, complete, and the same on every handle',
    break: (target) => wrapTarget(target, { capabilities: { ...target.capabilities } }),
  },
  {
    fault: 'shows the password in its url',
    red: 'the url names the place and holds no secret',
    break: (target) => wrapTarget(target, { url: 'memory://somebody:secret@place' }),
  },
  {
    fault: 'names a local path by where it was started',
    red: 'local paths are absolute',
    break: (target) => wrapTarget(target, { localPaths: ['backups'] }),
  },
  {
    fault: 'normalises keys to NFC',
    red: 'keys that differ only in case or in Unicode normalisation are different objects',
    break: withKeys((key) => key.normalize('NFC')),
  },
  {
    fault: 'folds the case of keys',
    red: 'keys that differ only in case or in Unicode normalisation are different objects',
    break: withKeys((key) => key.toLowerCase()),
  },
  {
    fault: 'lists another spelling than the one that was put',
    red: 'where case does not count, another spelling finds the same object or none, and the listing keeps the spelling of the put',
    options: { capabilities: { caseSensitiveKeys: false } },
    break: withKeys((key) => key.replace('name', 'Name')),
  },
  {
    fault: 'decodes percent signs in keys',
    red: 'odd names are stored, listed, asked for and read literally [new root]',
    break: withKeys((key) => key.replaceAll('%2F', '-').replaceAll('%41', 'A')),
  },
  {
    fault: 'takes a plus for a space',
    red: 'odd names are stored, listed, asked for and read literally [added]',
    break: withKeys((key) => key.replaceAll('+', ' ')),
  },
  {
    fault: 'trims keys',
    red: 'odd names are stored, listed, asked for and read literally [new root]',
    break: withKeys((key) => key.trim()),
  },
  {
    fault: 'takes a star in a key for any name when it deletes',
    red: 'odd names are deleted literally: nothing else goes',
    break: (target) =>
      wrapTarget(target, {
        async delete(keys, options) {
          const stars = keys.filter((key) => key.includes('*')).map((key) => key.slice(0, key.indexOf('*')));
          const more = (await all(target.list(''))).filter((line) =>
            stars.some((star) => line.key.startsWith(star.slice(0, 2))),
          );
          await target.delete([...keys, ...more.map((line) => line.key)], options);
        },
      }),
  },
  {
    fault: 'resolves dots in a key as a path',
    red: 'a malformed key is INVALID_KEY in every call, and touches nothing',
    break: withKeys((key) => key.replaceAll('/./', '/')),
  },
  {
    fault: 'cuts names that are too long',
    red: 'the longest key is stored and found again [new root]',
    break: withKeys((key) => key.slice(0, 200)),
  },
  {
    fault: 'counts characters where it should count bytes',
    red: 'the longest segment is stored and found again, in ASCII and in the widest characters [new root]',
    break: withKeys((key) => key.replaceAll('😀😀', '😀')),
  },
  {
    fault: 'declares a longest key and takes longer ones',
    red: 'a key one byte longer than maxKeyBytes is INVALID_KEY before its source is opened',
    options: { capabilities: { maxKeyBytes: 300 } },
    break: withKeys((key) => key.slice(0, 300)),
  },
  {
    fault: 'declares a longest segment and takes longer ones',
    red: 'a segment one byte longer than maxSegmentBytes is INVALID_KEY before its source is opened',
    options: { capabilities: { maxSegmentBytes: 100 } },
    break: withKeys((key) => key.slice(0, 90)),
  },
  {
    fault: 'declares Windows names and takes others',
    red: 'where keys must be Windows names, others are INVALID_KEY before their source is opened',
    options: { capabilities: { windowsNames: true } },
    break: withKeys((key) => key.replaceAll(/[<>:"|?*\\. ]/g, '_')),
  },
  {
    fault: 'declares a forbidden character and takes it',
    red: 'a key with a character that is declared forbidden is INVALID_KEY before its source is opened',
    options: { capabilities: { forbiddenCharacters: '\\' } },
    break: withKeys((key) => key.replaceAll('\\', '/')),
  },
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
    fault: 'declares that it shares copies, and no copies',
    red: 'capabilities are frozen, complete, and the same on every handle',
    options: { capabilities: {} },
    break: (target) =>
      wrapTarget(target, { capabilities: Object.freeze({ ...target.capabilities, copy: false, copyShares: true }) }),
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
    fault: 'follows the links it holds when it reads',
    red: 'links and folders have no bytes: get is NOT_FOUND and follows nothing',
    break: (target, store) => wrapTarget(target, { get: (key, options) => target.get(followed(store, key), options) }),
  },
  {
    fault: 'follows the links it holds when it deletes',
    red: 'deleting through a link deletes nothing',
    break: (target, store) =>
      wrapTarget(target, {
        delete: (keys, options) =>
          target.delete(
            keys.map((key) => followed(store, key)),
            options,
          ),
      }),
  },
  {
    fault: 'deletes what a link points to',
    red: 'links and empty folders are deleted like any object, and what a link points to stays',
    break: (target, store) =>
      wrapTarget(target, {
        delete: (keys, options) =>
          target.delete(
            keys.flatMap((key) => [key, followed(store, key)]),
            options,
          ),
      }),
  },
  {
    fault: 'stores a link as an empty file',
    red: 'links and empty folders are listed by their type, with size 0 [new root]',
    break: (target) => withBatch(target, (batch) => ({ put: (key, source) => batch.put(key, source) })),
  },
  {
    fault: 'lists a folder beside what lies in it',
    red: 'a folder is listed only while nothing lies below it [new root]',
    break: (target, store) =>
      wrapTarget(target, {
        async *list(prefix, options) {
          for await (const line of target.list(prefix, options)) {
            const folder = line.key.slice(0, line.key.lastIndexOf('/'));
            if (store.objects.has(folder)) yield { key: folder, type: 'directory', sizeBytes: 0 };
            yield line;
          }
        },
      }),
  },
  {
    fault: 'gives a stored file the rights of the original, so that it cannot be read',
    red: 'a mode without write or read rights hinders nobody: neither reader nor the next batch',
    break: (target, store) =>
      wrapTarget(target, {
        async *get(key, options) {
          if (store.objects.get(key)?.attributes.mode === 0) {
            throw new TargetError({
              code: 'ACCESS_DENIED',
              reason: 'not readable',
              url: target.url,
              operation: 'get',
              key,
            });
          }
          yield* target.get(key, options);
        },
      }),
  },
  {
    fault: 'refuses a mode where it keeps no attributes',
    red: 'where no attributes are kept, mode and time of a file are ignored',
    options: { capabilities: { attributes: false } },
    break: (target) =>
      withBatch(target, (batch) => ({
        put(key, source, options) {
          if (options?.attributes?.mode !== undefined) return Promise.reject(new Error('no modes here'));
          return batch.put(key, source, options);
        },
      })),
  },
  {
    fault: 'refuses attributes that say no more than "a file"',
    red: 'attributes that say no more than "a file" are taken by every target',
    options: { capabilities: { attributes: false } },
    break: (target) =>
      withBatch(target, (batch) => ({
        put(key, source, options) {
          if (options?.attributes !== undefined) return Promise.reject(new Error('no attributes here'));
          return batch.put(key, source, options);
        },
      })),
  },
  {
    fault: 'calls an honest refusal retryable',
    red: 'an honest refusal is not called retryable',
    break: (target) =>
      withBatch(target, (batch) => ({
        put: (key, source, options) =>
          batch.put(key, source, options).catch((error: unknown) => {
            if (!isTargetError(error, 'SIZE_MISMATCH')) throw error;
            const { code, reason, url, operation } = error;
            throw new TargetError({ code, reason, url, operation, key, retryable: true });
          }),
      })),
  },
  {
    fault: 'goes on with an iteration that has failed',
    red: 'an iteration that has failed does not go on',
    break: (target) =>
      wrapTarget(target, {
        get(key, options) {
          const open = (): AsyncIterator<Uint8Array> => target.get(key, options)[Symbol.asyncIterator]();
          return { [Symbol.asyncIterator]: () => ({ next: () => open().next() }) };
        },
      }),
  },
  {
    fault: 'holds a large object in memory',
    red: 'a large object goes in and comes out in flat memory',
    // The in-memory target does just that; the intact one is one that has little to hold.
    break: (target) => {
      const held: Buffer[] = [];
      return withBatch(target, (batch) => ({
        put(key, source, options) {
          if (source.sizeBytes > 1_000_000) held.push(Buffer.alloc(200_000_000, 1));
          return batch.put(key, source, options);
        },
      }));
    },
  },
];
