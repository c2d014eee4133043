import { wrapTarget } from '@holdfast/core/decorators';
import { TargetError } from '@holdfast/core/target';
import type { MemoryStore } from '@holdfast/core/testing';
import { type BrokenTarget, withBatch } from './broken.js';

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

/** Faults with links, folders and modes. */
export const brokenAttributes: readonly BrokenTarget[] = [
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
];
