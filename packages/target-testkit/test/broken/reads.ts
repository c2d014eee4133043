import { wrapTarget } from '@holdfast/core/decorators';
import { type BackupTarget, isTargetError, type ObjectInfo } from '@holdfast/core/target';
import { all, type BrokenTarget } from './broken.js';

/** Replaces what a listing gives. */
function withList(map: (lines: ObjectInfo[]) => ObjectInfo[]): BrokenTarget['break'] {
  return (target) =>
    wrapTarget(target, {
      async *list(prefix, options) {
        yield* map(await all(target.list(prefix, options)));
      },
    });
}

function bySegments(left: string, right: string): number {
  const [a, b] = [left.split('/'), right.split('/')];
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    if (a[index] !== b[index]) return (a[index] ?? '') < (b[index] ?? '') ? -1 : 1;
  }
  return a.length - b.length;
}

const ignoresGetSignal = (target: BackupTarget): BackupTarget =>
  wrapTarget(target, { get: (key, options) => target.get(key, { range: options?.range }) });

export const brokenReads: readonly BrokenTarget[] = [
  {
    fault: 'dates objects backwards',
    red: 'a stat tells when an object came only if it is asked, and a later one is never older',
    break: (target) => {
      const timesMs = [2000, 1000];
      return wrapTarget(target, {
        async stat(key, options) {
          const info = await target.stat(key, options);
          return info && options?.storedAt ? { ...info, storedAtMs: timesMs.shift() ?? 0 } : info;
        },
      });
    },
  },
  {
    fault: 'lists in the order of UTF-16',
    red: 'each key is listed once, in the order of its UTF-8 bytes, with type and size',
    break: withList((lines) => lines.sort((left, right) => (left.key < right.key ? -1 : 1))),
  },
  {
    fault: 'lists a key twice',
    red: 'each key is listed once, in the order of its UTF-8 bytes, with type and size',
    break: withList((lines) => lines.flatMap((line, index) => (index === 1 ? [line, line] : [line]))),
  },
  {
    fault: 'lists folder by folder',
    red: 'a folder and a name that goes on with a dot or a dash are in key order: a-b, a.b, a/x, a0',
    break: withList((lines) => lines.sort((left, right) => bySegments(left.key, right.key))),
  },
  {
    fault: 'stops at the end of the first page',
    red: 'more objects than one page holds are all listed, once and in order',
    break: withList((lines) => lines.slice(0, 100)),
  },
  {
    fault: 'loses the first key of every page',
    red: 'more objects than one page holds are all listed, once and in order',
    break: withList((lines) => lines.filter((_, index) => index === 0 || index % 100 > 0)),
  },
  {
    fault: 'lists what a batch has staged',
    red: 'what a batch stages under names of its own never shows [new root]',
    break: (target, store) =>
      wrapTarget(target, {
        async *list(prefix, options) {
          yield* target.list(prefix, options);
          for (const _ of store.staged) yield { key: '.staging/1', type: 'file', sizeBytes: 1 };
        },
      }),
  },
  {
    fault: 'takes a prefix for the beginning of a name',
    red: 'a prefix is whole segments: nothing beside it is listed',
    break: (target) =>
      wrapTarget(target, {
        async *list(prefix) {
          for await (const line of target.list('')) if (line.key.startsWith(prefix.slice(0, -1))) yield line;
        },
      }),
  },
  {
    fault: 'lists all levels where one was asked for',
    red: 'one level lists objects and closed prefixes, each once',
    break: (target) =>
      wrapTarget(target, { list: (prefix, options) => target.list(prefix, { signal: options?.signal }) }),
  },
  {
    fault: 'goes on listing from where the last reader stopped',
    red: 'a listing can be left early and begun again',
    break: (target) => {
      const seen = new Set<string>();
      return wrapTarget(target, {
        async *list(prefix, options) {
          for await (const line of target.list(prefix, options)) {
            if (seen.has(line.key)) continue;
            seen.add(line.key);
            yield line;
          }
        },
      });
    },
  },
  {
    fault: 'lists half an object while it is being published',
    red: 'every file that a listing shows can be read whole, at every moment of a commit [new root]',
    break: (target, store) =>
      wrapTarget(target, {
        async begin(options) {
          const batch = await target.begin(options);
          return {
            ...batch,
            async commit(record, commitOptions) {
              store.objects.set('r/0', { bytes: new Uint8Array(3), attributes: {}, listedFromMs: 0 });
              for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
              store.objects.delete('r/0');
              return batch.commit(record, commitOptions);
            },
          };
        },
      }),
  },
  {
    fault: 'takes any string for a prefix',
    red: 'a prefix that is neither empty nor closed is INVALID_KEY',
    break: (target) =>
      wrapTarget(target, {
        async *list(prefix, options) {
          if (prefix === '' || /^[a-z]+\/$/.test(prefix)) yield* target.list(prefix, options);
        },
      }),
  },
  {
    fault: 'says another size in stat than in the listing',
    red: 'stat and list say the same',
    break: (target) =>
      wrapTarget(target, {
        async stat(key, options) {
          const info = await target.stat(key, options);
          return info && { ...info, sizeBytes: info.sizeBytes + 1 };
        },
      }),
  },
  {
    fault: 'gives what there is of a range past the end',
    red: 'a range past the end, empty or before the start is INVALID_RANGE, never short data',
    break: (target) =>
      wrapTarget(target, {
        async *get(key, options) {
          const { range } = options ?? {};
          if (range === undefined) return yield* target.get(key, options);
          const bytes = Buffer.concat(await all(target.get(key)));
          yield bytes.subarray(range.offset, range.offset + range.length);
        },
      }),
  },
  {
    fault: 'takes the end of a range for its length',
    red: 'a range inside the object gives exactly its bytes, from the first to the last one',
    break: (target) =>
      wrapTarget(target, {
        async *get(key, options) {
          const { range } = options ?? {};
          if (range === undefined) return yield* target.get(key, options);
          yield Buffer.concat(await all(target.get(key))).subarray(range.offset, range.offset + range.length - 1);
        },
      }),
  },
  {
    fault: 'gives the whole object where it cannot read a range',
    red: 'where no range can be read, asking for one is UNSUPPORTED, also of a missing key',
    options: { capabilities: { rangeRead: false } },
    break: (target) => wrapTarget(target, { get: (key, options) => target.get(key, { signal: options?.signal }) }),
  },
  {
    fault: 'gives an empty stream for a missing key',
    red: 'a missing key is NOT_FOUND, never an empty stream',
    break: (target) =>
      wrapTarget(target, {
        async *get(key, options) {
          if ((await target.stat(key)) !== undefined) yield* target.get(key, options);
        },
      }),
  },
  {
    fault: 'finds a folder where an object was asked for',
    red: 'stat tells the size, and is undefined for what is absent',
    break: (target) =>
      wrapTarget(target, {
        async stat(key, options) {
          for await (const _ of target.list(`${key}/`)) return { key, type: 'directory', sizeBytes: 0 };
          return target.stat(key, options);
        },
      }),
  },
  {
    fault: 'says that an object is absent when it cannot ask',
    red: 'everything after close fails with CLOSED',
    break: (target) => wrapTarget(target, { stat: (key, options) => target.stat(key, options).catch(() => undefined) }),
  },
  {
    fault: 'ends a stream that broke as if it were whole',
    red: 'a get stops soon after its signal fires, with ABORTED and long before the end',
    break: (target) =>
      wrapTarget(target, {
        async *get(key, options) {
          try {
            yield* target.get(key, options);
          } catch (error) {
            if (!isTargetError(error, 'ABORTED')) throw error;
          }
        },
      }),
  },
  {
    fault: 'reads an object to its end though the signal has fired',
    red: 'a get stops soon after its signal fires, with ABORTED and long before the end',
    break: ignoresGetSignal,
  },
  {
    fault: 'lists to the end though the signal has fired',
    red: 'a list stops soon after its signal fires, with ABORTED and before the end',
    break: (target) =>
      wrapTarget(target, { list: (prefix, options) => target.list(prefix, { oneLevel: options?.oneLevel }) }),
  },
  {
    fault: 'looks at a signal only once it has begun',
    red: 'a signal that has fired already stops every call, and nothing is touched',
    break: ignoresGetSignal,
  },
  {
    fault: 'hands out the bytes it stores, not a copy',
    red: 'what a reader does to the bytes it was given changes nothing in the store',
    break: (target, store) =>
      wrapTarget(target, {
        async *get(key, options) {
          const stored = store.objects.get(key);
          if (stored !== undefined && options?.range === undefined) yield stored.bytes;
          else yield* target.get(key, options);
        },
      }),
  },
  {
    fault: 'has one position for all who read an object',
    red: 'an object can be read many times at once, and by readers who stop early',
    break: (target) => {
      const positions = new Map<string, number>();
      return wrapTarget(target, {
        async *get(key, options) {
          const bytes = Buffer.concat(await all(target.get(key, options)));
          positions.set(key, 0);
          for (let at = 0; at < bytes.byteLength; at = positions.get(key) ?? 0) {
            positions.set(key, at + 50_000);
            yield Buffer.from(bytes.subarray(at, at + 50_000));
          }
        },
      });
    },
  },
  {
    fault: 'throws list errors from the call itself',
    red: 'list and get throw from the iteration, never from the call',
    break: (target) =>
      wrapTarget(target, {
        list(prefix, options) {
          if (prefix !== '' && !prefix.endsWith('/')) throw new Error('bad prefix');
          return target.list(prefix, options);
        },
      }),
  },
  {
    fault: 'throws where it should reject',
    red: 'every call that fails answers with a promise: nothing is thrown past it',
    break: (target) =>
      wrapTarget(target, {
        stat(key, options) {
          if (key === '/') throw new Error('bad key');
          return target.stat(key, options);
        },
      }),
  },
  {
    fault: 'throws the errors of its medium as they are',
    red: 'an error is branded, says where, what and which key, and is worth no second try',
    break: (target) =>
      wrapTarget(target, {
        async *get(key, options) {
          try {
            yield* target.get(key, options);
          } catch {
            throw Object.assign(new Error(`ENOENT: ${key}`), { code: 'NOT_FOUND' });
          }
        },
      }),
  },
];
