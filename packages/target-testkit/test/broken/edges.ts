import { wrapTarget } from '@holdfast/core/decorators';
import { isTargetError, type ObjectSource, TargetError, type WriteBatch } from '@holdfast/core/target';
import { all, type BrokenTarget, withBatch } from './broken.js';

const MANY_PARTS_BYTES = 300_000;

/** Answers a put that fails as if it had succeeded, where `when` says so. */
function swallowing(when: (error: unknown, source: ObjectSource) => boolean): BrokenTarget['break'] {
  return (target) =>
    withBatch(target, (batch) => ({
      put: (key, source, options) =>
        batch.put(key, source, options).catch((error: unknown) => {
          if (when(error, source)) return { confirmed: false };
          throw error;
        }),
    }));
}

const mismatch = (error: unknown): boolean => isTargetError(error, 'SIZE_MISMATCH');

/** Faults that show only at an edge: the first byte, the last one, many parts, an empty batch, a second try. */
export const brokenEdges: readonly BrokenTarget[] = [
  {
    fault: 'takes a source without any bytes for an empty object',
    red: 'a source that announces 42 bytes and gives none fails with SIZE_MISMATCH and leaves nothing [new root]',
    break: swallowing((error, { sizeBytes }) => mismatch(error) && sizeBytes === 42),
  },
  {
    fault: 'does not count the bytes of the last part',
    red: 'a source that announces 42 bytes too few of many parts fails with SIZE_MISMATCH and leaves nothing [new root]',
    break: swallowing((error, { sizeBytes }) => mismatch(error) && sizeBytes > MANY_PARTS_BYTES),
  },
  {
    fault: 'does not miss the end of the last part',
    red: 'a source that announces 42 bytes too many of many parts fails with SIZE_MISMATCH and leaves nothing [added]',
    break: swallowing((error, { sizeBytes }) => mismatch(error) && sizeBytes > MANY_PARTS_BYTES),
  },
  {
    fault: 'takes a source that fails at once for an empty one',
    red: 'the error of a source that fails before its first byte comes out as the same object, and nothing is left [new root]',
    break: swallowing((_, { sizeBytes }) => sizeBytes === 1000),
  },
  {
    fault: 'stops listening to the source once it has all bytes',
    red: 'the error of a source that fails after its last byte comes out as the same object, and nothing is left [new root]',
    break: (target) =>
      withBatch(target, (batch) => ({
        put(key, source, options) {
          const exact: ObjectSource = {
            sizeBytes: source.sizeBytes,
            async *open() {
              let seenBytes = 0;
              for await (const piece of source.open()) {
                yield piece;
                seenBytes += piece.byteLength;
                if (seenBytes === source.sizeBytes) return;
              }
            },
          };
          return batch.put(key, exact, options);
        },
      })),
  },
  {
    fault: 'leaves an unfinished upload when many parts fail',
    red: 'the error of a source that fails in the midst of many parts comes out as the same object, and nothing is left [added]',
    break: (target, store) =>
      withBatch(target, (batch) => ({
        put: (key, source, options) =>
          batch.put(key, source, options).catch((error: unknown) => {
            if (source.sizeBytes > MANY_PARTS_BYTES) store.staged.add({});
            throw error;
          }),
      })),
  },
  {
    fault: 'answers a put with nothing',
    red: 'a put says whether the medium has confirmed what it holds [new root]',
    break: (target) =>
      withBatch(target, (batch) => ({
        put: async (key, source, options) => {
          await batch.put(key, source, options);
          return {} as Awaited<ReturnType<WriteBatch['put']>>;
        },
      })),
  },
  {
    fault: 'gives every object one digest',
    red: 'a digest of the medium is one and the same in the receipt, the listing and stat, and never that of other bytes [new root]',
    break: (target) => {
      const digest = 'md5:0';
      return wrapTarget(target, {
        async *list(prefix, options) {
          for await (const info of target.list(prefix, options)) yield { ...info, digest };
        },
        async stat(key, options) {
          const info = await target.stat(key, options);
          return info && { ...info, digest };
        },
      });
    },
  },
  {
    fault: 'answers a put with another digest than it lists',
    red: 'a digest of the medium is one and the same in the receipt, the listing and stat, and never that of other bytes [added]',
    break: (target) =>
      withBatch(target, (batch) => ({
        put: async (key, source, options) => {
          await batch.put(key, source, options);
          return { confirmed: true, digest: `md5:${source.sizeBytes}` };
        },
      })),
  },
  {
    fault: 'cannot commit once a put has failed',
    red: 'a batch of nothing but failed puts commits as if they had not been [new root]',
    break: (target) =>
      withBatch(target, (batch) => {
        let failed = false;
        return {
          put: (key, source, options) =>
            batch.put(key, source, options).catch((error: unknown) => {
              failed = true;
              throw error;
            }),
          commit: (record, options) =>
            failed ? Promise.reject(new Error('a put has failed')) : batch.commit(record, options),
        };
      }),
  },
  {
    fault: 'takes puts after an abort',
    red: 'after abort the batch is CLOSED to everything but abort, which then changes nothing [new root]',
    break: (target) =>
      withBatch(target, (batch) => {
        let aborted = false;
        return {
          put: (key, source, options) =>
            aborted ? Promise.resolve({ confirmed: false }) : batch.put(key, source, options),
          async abort() {
            aborted = true;
            await batch.abort();
          },
        };
      }),
  },
  {
    fault: 'begins an added batch with an empty place',
    red: 'objects can be added beside what is there, and leave it as it was',
    break: (target, store) =>
      withBatch(target, (batch, { root }) => ({
        commit(record, options) {
          if (root === undefined) store.objects.clear();
          return batch.commit(record, options);
        },
      })),
  },
  {
    fault: 'cannot give up a batch whose commit has failed',
    red: 'a commit that fails leaves no record, and abort then leaves nothing [new root]',
    break: (target) =>
      withBatch(target, (batch) => {
        let tried = false;
        return {
          commit(record, options) {
            tried = true;
            return batch.commit(record, options);
          },
          abort: () => (tried ? Promise.resolve() : batch.abort()),
        };
      }),
  },
  {
    fault: 'gives nothing for a range of nothing',
    red: 'a range of a missing key is NOT_FOUND',
    break: (target) =>
      wrapTarget(target, {
        async *get(key, options) {
          if (options?.range === undefined || (await target.stat(key)) !== undefined) yield* target.get(key, options);
        },
      }),
  },
  {
    fault: 'stores the record as text',
    red: 'the record is read like any object',
    break: (target) =>
      withBatch(target, (batch) => ({
        commit: (record, options) =>
          batch.commit(record && { ...record, body: Buffer.from(Buffer.from(record.body).toString('utf8')) }, options),
      })),
  },
  {
    fault: 'declares segments of ten bytes as its limit',
    red: 'where keys need not be Windows names, every odd name is taken but for the characters that are declared forbidden',
    options: { capabilities: {} },
    break: (target) =>
      wrapTarget(target, { capabilities: Object.freeze({ ...target.capabilities, maxSegmentBytes: 10 }) }),
  },
  {
    fault: 'forgets what it has put when a later put fails',
    red: 'abort after a put that failed leaves nothing [new root]',
    options: { publish: 'put' },
    break: (target) =>
      withBatch(target, (batch) => {
        let failed = false;
        return {
          put: (key, source, options) =>
            batch.put(key, source, options).catch((error: unknown) => {
              failed = true;
              throw error;
            }),
          abort: () => (failed ? Promise.resolve() : batch.abort()),
        };
      }),
  },
  {
    fault: 'keeps the root of an aborted batch taken',
    red: 'after an abort the same batch can be begun and committed anew [new root]',
    break: (target) => {
      const roots = new Set<string | undefined>();
      return wrapTarget(target, {
        async begin(options = {}) {
          if (options.root !== undefined && roots.has(options.root)) {
            throw new TargetError({ code: 'ALREADY_EXISTS', reason: 'taken', url: target.url, operation: 'begin' });
          }
          roots.add(options.root);
          return target.begin(options);
        },
      });
    },
  },
  {
    fault: 'ties a batch to the signal of its begin',
    red: 'a signal that fires after its call has ended changes nothing',
    break: (target) =>
      withBatch(target, (batch, { signal }) => ({
        put: (key, source) => batch.put(key, source, { signal }),
      })),
  },
  {
    fault: 'leaves a staging area when its begin is stopped',
    red: 'a begin that its signal stopped leaves nothing',
    break: (target, store) =>
      wrapTarget(target, {
        begin(options) {
          store.staged.add({});
          return target.begin(options);
        },
      }),
  },
  {
    fault: 'gives every piece in the same buffer',
    red: 'a piece that a reader keeps is not written to again',
    break: (target) =>
      wrapTarget(target, {
        async *get(key, options) {
          const buffer = Buffer.alloc(100_000);
          for await (const piece of target.get(key, options)) {
            buffer.set(piece);
            yield buffer.subarray(0, piece.byteLength);
          }
        },
      }),
  },
  {
    fault: 'encrypts what it is given in its place',
    red: 'a put writes nothing into the pieces it is given [new root]',
    break: (target) =>
      withBatch(target, (batch) => ({
        put(key, source, options) {
          const encrypted: ObjectSource = {
            sizeBytes: source.sizeBytes,
            async *open() {
              for await (const piece of source.open()) yield piece.fill(0);
            },
          };
          return batch.put(key, encrypted, options);
        },
      })),
  },
  {
    fault: 'gives a folder again on the page that begins in the midst of it',
    red: 'more objects than one page holds are all listed, once and in order',
    break: (target) =>
      wrapTarget(target, {
        async *list(prefix, options) {
          for (const line of await all(target.list(prefix, options))) {
            yield line;
            if (line.type === 'prefix' && line.key.endsWith('9/')) yield line;
          }
        },
      }),
  },
];
