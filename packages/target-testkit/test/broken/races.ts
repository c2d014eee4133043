import { wrapTarget } from '@holdfast/core/decorators';
import { isTargetError, TargetError } from '@holdfast/core/target';
import { all, type BrokenTarget, turn, withBatch } from './broken.js';

const DURABLE = { durableBy: 'memory' } as const;

/** Faults that let a second one win. */
export const brokenRaces: readonly BrokenTarget[] = [
  {
    fault: 'looks whether the root is new, and then publishes in a second step',
    red: 'of two batches that fill the same new root exactly one wins, and its content is whole',
    break: (target) =>
      wrapTarget(target, {
        async begin(options = {}) {
          if (options.root !== undefined) {
            const taken = await all(target.list(`${options.root}/`));
            if (taken.length > 0)
              throw new TargetError({ code: 'ALREADY_EXISTS', reason: 'taken', url: target.url, operation: 'begin' });
          }
          return target.begin();
        },
      }),
  },
  {
    fault: 'looks whether the record is absent, and then writes it',
    red: "of eight racers for one record exactly one wins, and the record is the winner's",
    break: (target) =>
      withBatch(target, (batch) => ({
        async commit(record, options) {
          if (record?.ifAbsent && (await target.stat(record.key)) !== undefined) {
            throw new TargetError({
              code: 'ALREADY_EXISTS',
              reason: 'taken',
              url: target.url,
              operation: 'commit',
              key: record.key,
            });
          }
          await turn();
          return batch.commit(record && { key: record.key, body: record.body }, options);
        },
      })),
  },
  {
    fault: "reports its own record, whose answer was lost, as another's",
    red: 'a record that is there already with these very bytes is a success: the answer had been lost',
    break: (target) =>
      withBatch(target, (batch) => ({
        async commit(record, options) {
          if (record?.ifAbsent && (await target.stat(record.key)) !== undefined) {
            throw new TargetError({
              code: 'ALREADY_EXISTS',
              reason: 'taken',
              url: target.url,
              operation: 'commit',
              key: record.key,
            });
          }
          return batch.commit(record, options);
        },
      })),
  },
  {
    fault: 'takes any record that is there for its own',
    red: 'a record that is taken by other bytes is ALREADY_EXISTS, and stays as it was',
    break: (target) =>
      withBatch(target, (batch) => ({
        commit: (record, options) =>
          batch.commit(record, options).catch((error: unknown) => {
            if (isTargetError(error, 'ALREADY_EXISTS')) return DURABLE;
            throw error;
          }),
      })),
  },
  {
    fault: 'drops ifAbsent where the store cannot decide it',
    red: 'where the store cannot decide it, ifAbsent is UNSUPPORTED and publishes no record',
    options: { capabilities: { putIfAbsent: false } },
    break: (target) =>
      withBatch(target, (batch) => ({
        commit: (record, options) => batch.commit(record && { key: record.key, body: record.body }, options),
      })),
  },
  {
    fault: 'lets every racer for a root in',
    red: "of eight racers for one root at most one wins, and the root is the winner's alone",
    break: (target) => wrapTarget(target, { begin: () => target.begin() }),
  },
  {
    fault: 'refuses every conditional record',
    red: 'a record that nobody has is created',
    break: (target) =>
      withBatch(target, (batch) => ({
        commit: (record, options) =>
          record?.ifAbsent ? Promise.reject(new Error('412')) : batch.commit(record, options),
      })),
  },
];
