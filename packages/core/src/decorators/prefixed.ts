import {
  assertKey,
  assertKeyFits,
  assertRemovable,
  type BackupTarget,
  type BeginOptions,
  keyBytes,
  type ObjectInfo,
  prefixFault,
  type Residue,
  refuseAdoption,
  removeListed,
  TargetError,
  type WriteBatch,
} from '../target/index.js';
import { type PrefixMapping, prefixMapping } from './prefix-mapping.js';
import { prefixedBatch } from './prefixed-batch.js';
import { wrapTarget } from './wrap.js';

/**
 * The part of a target that lies below `prefix`, as a target of its own: keys, listings and errors are given as if the prefix were not
 * there.
 *
 * A root of the inner target is a top segment, and below the prefix there is none to be had. A batch with a root is
 * therefore an added batch of the inner target, which must have the capability `append`; that the root is new is looked at
 * in `begin`. Of two batches that fill one new root at the same moment the inner target knows nothing: so `putIfAbsent` is declared
 * `false`, though a record is still created with it where the inner target can.
 *
 * @param prefix a key followed by `/`.
 * @throws TargetError `INVALID_KEY` for another prefix or one that leaves no room for keys; `UNSUPPORTED` where nothing can be added.
 */
export function prefixed(inner: BackupTarget, prefix: string): BackupTarget {
  const maxKeyBytes = inner.capabilities.maxKeyBytes - keyBytes(prefix);
  const fault = prefix === '' ? 'the prefix is empty' : prefixFault(prefix);
  const reason = fault ?? (maxKeyBytes < 1 ? 'the prefix leaves no room for keys' : undefined);
  if (reason !== undefined) {
    throw new TargetError({ code: 'INVALID_KEY', reason, url: inner.url, operation: 'open', key: prefix });
  }
  if (!inner.capabilities.append) {
    throw new TargetError({
      code: 'UNSUPPORTED',
      reason: 'a target that nothing can be added to has no place below a prefix',
      url: inner.url,
      operation: 'open',
    });
  }
  const mapping = prefixMapping(inner, prefix, maxKeyBytes);
  const { url, capabilities, inward, translate } = mapping;

  async function* through<Item, Mapped>(
    items: AsyncIterable<Item>,
    map: (item: Item) => Mapped,
  ): AsyncGenerator<Mapped> {
    try {
      for await (const item of items) yield map(item);
    } catch (error) {
      throw translate(error);
    }
  }
  const outwardInfo = (info: ObjectInfo): ObjectInfo => ({ ...info, key: mapping.outward(info.key) });

  return wrapTarget(inner, {
    url,
    capabilities,
    async *list(listPrefix, options) {
      const prefixProblem = prefixFault(listPrefix);
      if (prefixProblem !== undefined) {
        throw new TargetError({ code: 'INVALID_KEY', reason: prefixProblem, url, operation: 'list', key: listPrefix });
      }
      yield* through(inner.list(inward(listPrefix), options), outwardInfo);
    },
    async stat(key, options) {
      assertKey(key, url, 'stat');
      const info = await inner.stat(inward(key), options).catch(mapping.rethrow);
      return info === undefined ? undefined : outwardInfo(info);
    },
    async *get(key, options) {
      assertKey(key, url, 'get');
      yield* through(inner.get(inward(key), options), (piece) => piece);
    },
    async begin(options = {}) {
      const batch = await beginBelow(inner, mapping, options).catch(mapping.rethrow);
      return prefixedBatch(batch, mapping, { root: options.root, ifAbsent: inner.capabilities.putIfAbsent });
    },
    async delete(keys, options) {
      for (const key of keys) assertKey(key, url, 'delete');
      await inner.delete(keys.map(inward), options).catch(mapping.rethrow);
    },
    async removeRoot(root, options = {}) {
      assertRemovable(root, options.record, url);
      if (!inner.capabilities.delete) {
        throw new TargetError({
          code: 'UNSUPPORTED',
          reason: 'it cannot delete',
          url,
          operation: 'removeRoot',
          key: root,
        });
      }
      const record = options.record === undefined ? undefined : inward(options.record);
      return removeListed(inner, inward(`${root}/`), { ...options, record }).catch(mapping.rethrow);
    },
    async *sweep(options = {}) {
      const abandonedRoots = options.abandonedRoots?.map(inward);
      const outward = (residue: Residue): Residue =>
        residue.kind === 'root' ? { ...residue, name: mapping.outward(residue.name) } : residue;
      yield* through(inner.sweep({ ...options, abandonedRoots }), outward);
    },
    close: () => inner.close().catch(mapping.rethrow),
  });
}

async function beginBelow(inner: BackupTarget, mapping: PrefixMapping, options: BeginOptions): Promise<WriteBatch> {
  const { root, signal } = options;
  const { url, capabilities, inward } = mapping;
  const fail = (code: 'INVALID_KEY' | 'ALREADY_EXISTS', reason: string): TargetError =>
    new TargetError({ code, reason, url, operation: 'begin', key: root });
  refuseAdoption(url, options);
  if (root !== undefined) {
    assertKeyFits(root, { url, capabilities }, 'begin');
    if (root.includes('/')) throw fail('INVALID_KEY', 'a root is one segment');
  }
  const batch = await inner.begin({ signal });
  if (root !== undefined && (await isTaken(inner, inward(root), signal))) {
    await batch.abort();
    throw fail('ALREADY_EXISTS', 'the root is taken');
  }
  return batch;
}

async function isTaken(inner: BackupTarget, root: string, signal: AbortSignal | undefined): Promise<boolean> {
  for await (const _ of inner.list(`${root}/`, { signal })) return true;
  return (await inner.stat(root, { signal })) !== undefined;
}
