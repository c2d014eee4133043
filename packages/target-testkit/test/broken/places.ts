import { wrapTarget } from '@holdfast/core/decorators';
import { isTargetError, TargetError } from '@holdfast/core/target';
import { type BrokenTarget, withBatch } from './broken.js';

/** Faults of the place as a whole: what it declares, how it fails, what it holds in memory. */
export const brokenPlaces: readonly BrokenTarget[] = [
  {
    fault: 'names a local path by where it was started',
    red: 'local paths are absolute',
    break: (target) => wrapTarget(target, { localPaths: ['backups'] }),
  },
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
    fault: 'declares that it shares copies, and no copies',
    red: 'capabilities are frozen, complete, and the same on every handle',
    options: { capabilities: {} },
    break: (target) =>
      wrapTarget(target, { capabilities: Object.freeze({ ...target.capabilities, copy: false, copyShares: true }) }),
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
