import {
  adoptNothing,
  assertKey,
  assertKeyFits,
  type CommitRecord,
  type ObjectSource,
  type Outcome,
  type PutOptions,
  type PutReceipt,
  rejected,
  TargetError,
  type WriteBatch,
  withoutRefused,
} from '../target/index.js';
import type { PrefixMapping } from './prefix-mapping.js';
import { markErrors } from './source-errors.js';
import { wrapBatch } from './wrap.js';

/** What is particular to one batch below a prefix. */
export interface PrefixedBatchOptions {
  readonly root: string | undefined;
  /** Can the inner target create a record only if it is absent? */
  readonly ifAbsent: boolean;
}

/** A batch whose keys lie below the prefix, and below its root where it has one. */
export function prefixedBatch(inner: WriteBatch, mapping: PrefixMapping, options: PrefixedBatchOptions): WriteBatch {
  const { url, capabilities, inward, translate, rethrow } = mapping;
  const { root } = options;
  const place = { url, capabilities, root };

  async function put(key: string, source: ObjectSource, putOptions?: PutOptions): Promise<PutReceipt> {
    assertKeyFits(key, place, 'put');
    const marked = markErrors(source);
    try {
      return await inner.put(inward(key), marked.source, putOptions);
    } catch (error) {
      throw marked.threw(error) ? error : translate(error);
    }
  }

  const inwardRecord = (record: CommitRecord): CommitRecord => {
    assertKeyFits(record.key, place, 'commit');
    if (record.ifAbsent) {
      const reason = 'below a prefix it is not decided who comes first';
      throw new TargetError({ code: 'UNSUPPORTED', reason, url, operation: 'commit', key: record.key });
    }
    return { key: inward(record.key), body: record.body, ifAbsent: root !== undefined && options.ifAbsent };
  };

  const translated = <Value>(outcomes: readonly Outcome<Value>[]): readonly Outcome<Value>[] =>
    outcomes.map((outcome) => (outcome.status === 'rejected' ? rejected(translate(outcome.reason)) : outcome));

  return wrapBatch(inner, {
    put,
    ...adoptNothing(url),
    putAll: (objects, callOptions) =>
      withoutRefused(
        objects,
        ({ key }) => assertKeyFits(key, place, 'put'),
        async (allowed) =>
          translated(
            await inner.putAll(
              allowed.map((object) => ({ ...object, key: inward(object.key) })),
              callOptions,
            ),
          ),
      ),
    copyAll: (requests, callOptions) =>
      withoutRefused(
        requests,
        ({ fromKey, toKey }) => {
          assertKey(fromKey, url, 'copy');
          assertKeyFits(toKey, place, 'copy');
        },
        async (allowed) =>
          translated(
            await inner.copyAll(
              allowed.map((request) => ({
                ...request,
                fromKey: inward(request.fromKey),
                toKey: inward(request.toKey),
              })),
              callOptions,
            ),
          ),
      ),
    async copy(fromKey, toKey, putOptions) {
      assertKey(fromKey, url, 'copy');
      assertKeyFits(toKey, place, 'copy');
      await inner.copy(inward(fromKey), inward(toKey), putOptions).catch(rethrow);
    },
    async commit(record, commitOptions) {
      const mapped = record === undefined ? undefined : inwardRecord(record);
      return inner.commit(mapped, commitOptions).catch(rethrow);
    },
    abort: () => inner.abort().catch(rethrow),
  });
}
