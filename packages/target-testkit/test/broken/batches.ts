import { wrapTarget } from '@holdfast/core/decorators';
import { isTargetError, TargetError } from '@holdfast/core/target';
import { memoryStore, memoryTarget } from '@holdfast/core/testing';
import { type BrokenTarget, turn, withBatch } from './broken.js';

const DURABLE = { durableBy: 'memory' } as const;

export const brokenBatches: readonly BrokenTarget[] = [
  {
    fault: 'shows the record before the objects',
    red: 'who sees the record sees every object of its batch, whole [new root]',
    break: (target, store) =>
      withBatch(target, (batch) => ({
        async commit(record, options) {
          if (record !== undefined) {
            store.objects.set(record.key, { bytes: record.body, attributes: {}, listedFromMs: 0 });
            await turn();
            await turn();
            store.objects.delete(record.key);
          }
          return batch.commit(record, options);
        },
      })),
  },
  {
    fault: 'answers a commit before it has taken effect',
    red: 'after commit every object and the record are there, and nothing else [new root]',
    break: (target) =>
      withBatch(target, (batch) => ({
        async commit(record, options) {
          setImmediate(() => batch.commit(record, options).catch(() => {}));
          return DURABLE;
        },
      })),
  },
  {
    fault: 'writes the record when the batch begins',
    red: 'the record is not visible before commit, whatever has been put [new root]',
    break: (target, store) =>
      withBatch(target, (batch, { root }) => {
        const key = 'r/m-record.json';
        store.objects.set(key, { bytes: new Uint8Array(1), attributes: {}, listedFromMs: 0 });
        return {
          commit(record, options) {
            if (root !== undefined) store.objects.delete(key);
            return batch.commit(record, options);
          },
        };
      }),
  },
  {
    fault: 'forgets the objects of a batch that commits without a record',
    red: 'commit without a record publishes the objects [added]',
    break: (target) =>
      withBatch(target, (batch) => ({
        async commit(record, options) {
          if (record !== undefined) return batch.commit(record, options);
          await batch.abort();
          return DURABLE;
        },
      })),
  },
  {
    fault: 'publishes nothing where only a record is to be published',
    red: 'a batch may hold nothing but its record [new root]',
    break: (target) =>
      withBatch(target, (batch) => {
        let puts = 0;
        return {
          put(key, source, options) {
            puts += 1;
            return batch.put(key, source, options);
          },
          async commit(record, options) {
            if (puts > 0) return batch.commit(record, options);
            await batch.abort();
            return DURABLE;
          },
        };
      }),
  },
  {
    fault: 'takes puts after the commit as if nothing had been',
    red: 'after commit the batch is CLOSED to everything but abort, which then changes nothing [new root]',
    break: (target) =>
      withBatch(target, (batch) => ({
        put: (key, source, options) =>
          batch.put(key, source, options).catch((error: unknown) => {
            if (isTargetError(error, 'CLOSED')) return { confirmed: false };
            throw error;
          }),
      })),
  },
  {
    fault: 'takes back on abort what had been committed',
    red: 'after commit the batch is CLOSED to everything but abort, which then changes nothing [added]',
    break: (target, store) =>
      withBatch(target, (batch) => ({
        async abort() {
          store.objects.clear();
          await batch.abort();
        },
      })),
  },
  {
    fault: 'works on after close',
    red: 'everything after close fails with CLOSED',
    break: (target) => wrapTarget(target, { close: async () => {} }),
  },
  {
    fault: 'fails when it is closed twice',
    red: 'close can be called twice',
    break: (target) => {
      let closed = false;
      return wrapTarget(target, {
        async close() {
          if (closed) throw new TargetError({ code: 'CLOSED', reason: 'closed', url: target.url, operation: 'close' });
          closed = true;
        },
      });
    },
  },
  {
    fault: 'lets a batch with a root put beside it',
    red: 'a key outside the root of the batch is INVALID_KEY, and the batch goes on',
    break: (target) => wrapTarget(target, { begin: async () => target.begin() }),
  },
  {
    fault: 'writes a new root over an old one',
    red: 'a root that is taken is ALREADY_EXISTS, at commit at the latest, and what it holds stays',
    break: (target) => wrapTarget(target, { begin: async () => target.begin() }),
  },
  {
    fault: 'takes a batch without a root though it declares that nothing can be added',
    red: 'where nothing can be added, a batch without a root is UNSUPPORTED',
    options: { capabilities: { append: false, ownObjects: false } },
    break: (target) => wrapTarget(target, { begin: async (options) => target.begin({ root: 'made-up', ...options }) }),
  },
  {
    fault: 'takes a root with a slash in it',
    red: 'a root is one segment: anything else is INVALID_KEY',
    break: (target) =>
      wrapTarget(target, {
        begin: async (options) =>
          target.begin(options?.root?.includes('/') ? { root: options.root.replaceAll('/', '-') || 'x' } : options),
      }),
  },
  {
    fault: 'leaves its staged folder after a commit',
    red: 'after commit every object and the record are there, and nothing else [new root]',
    break: (target, store) =>
      withBatch(target, (batch) => ({
        commit(record, options) {
          store.staged.add({});
          return batch.commit(record, options);
        },
      })),
  },
  {
    fault: 'leaves what it put when it aborts',
    red: 'abort after puts leaves nothing [new root]',
    options: { publish: 'put' },
    break: (target) => withBatch(target, () => ({ abort: async () => {} })),
  },
  {
    fault: 'leaves its staging area when it aborts before the first put',
    red: 'abort right after begin leaves nothing [new root]',
    break: (target) => withBatch(target, () => ({ abort: async () => {} })),
  },
  {
    fault: 'empties the place when it aborts',
    red: 'an aborted batch takes nothing of what others have committed [new root]',
    break: (target, store) =>
      withBatch(target, (batch) => ({
        async abort() {
          await batch.abort();
          store.objects.clear();
        },
      })),
  },
  {
    fault: 'commits though the signal has fired',
    red: 'a commit whose signal has fired publishes no record, and abort then leaves nothing [new root]',
    break: (target) => withBatch(target, (batch) => ({ commit: (record) => batch.commit(record) })),
  },
  {
    fault: 'sweeps every batch it meets when it begins, the living ones too',
    red: 'two batches at once, begun one within the other, both come out whole [new root]',
    break: (target, store) =>
      wrapTarget(target, {
        async begin(options) {
          for (const staged of store.staged) (staged as Map<string, unknown>).clear();
          return target.begin(options);
        },
      }),
  },
  {
    fault: 'keeps one staging area for all batches',
    red: 'an abort disturbs no other batch [new root]',
    break: (target, store) =>
      withBatch(target, (batch) => ({
        async abort() {
          for (const staged of store.staged) (staged as Map<string, unknown>).clear();
          await batch.abort();
        },
      })),
  },
  {
    fault: 'has one current batch, which the next begin replaces',
    red: 'eight batches of one handle side by side do not mix',
    break: (target) => {
      let current: Awaited<ReturnType<typeof target.begin>>;
      return wrapTarget(target, {
        async begin(options) {
          current = await target.begin(options);
          return {
            put: (key, source, putOptions) => current.put(key, source, putOptions),
            copy: (from, to, copyOptions) => current.copy(from, to, copyOptions),
            putAll: (objects, callOptions) => current.putAll(objects, callOptions),
            copyAll: (requests, callOptions) => current.copyAll(requests, callOptions),
            adoptAll: (requests, callOptions) => current.adoptAll(requests, callOptions),
            commit: (record, commitOptions) => current.commit(record, commitOptions),
            abort: () => current.abort(),
          };
        },
      });
    },
  },
  {
    fault: 'refuses to begin while another batch is open',
    red: "a batch that its owner forgot shows no record and is in nobody's way [new root]",
    break: (target, store) =>
      wrapTarget(target, {
        async begin(options) {
          if (store.staged.size > 0) throw new Error('locked');
          return target.begin(options);
        },
      }),
  },
  {
    fault: 'keeps what it stores in the handle that stored it',
    red: 'another handle on the place reads what one has committed',
    break: () => memoryTarget({ store: memoryStore() }),
  },
];
