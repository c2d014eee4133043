import {
  abortedError,
  assertKey,
  assertKeyFits,
  assertRemovable,
  type BackupTarget,
  type BeginOptions,
  type CallOptions,
  compareKeys,
  type GetOptions,
  isOwnKey,
  type ListOptions,
  type ObjectInfo,
  OWN_ROOT,
  prefixFault,
  TargetError,
  type TargetErrorCode,
  type TargetOperation,
} from '../target/index.js';
import { checkedBatch } from './checked-batch.js';
import { wrapTarget } from './wrap.js';

/**
 * A target whose arguments are checked before the inner one is asked: keys, prefixes, roots, ranges, sizes, use after the
 * end, signals that have fired, and everything that its capabilities exclude. What comes back is checked where that costs nothing: the order of a
 * listing, the length of a range. An adapter keeps these laws by itself too; this is where they are written once.
 */
export function checked(inner: BackupTarget): BackupTarget {
  const { url, capabilities } = inner;
  let closed = false;

  const fail = (code: TargetErrorCode, reason: string, operation: TargetOperation, key?: string): TargetError =>
    new TargetError({ code, reason, url, operation, key });
  const assertOpen = (operation: TargetOperation, key?: string, options?: CallOptions): void => {
    if (closed) throw fail('CLOSED', 'the target has been closed', operation, key);
    if (options?.signal?.aborted) throw abortedError(url, operation, key, options.signal);
  };
  const assertSupported = (supported: boolean, reason: string, operation: TargetOperation, key?: string): void => {
    if (!supported) throw fail('UNSUPPORTED', reason, operation, key);
  };

  async function* list(prefix: string, options?: ListOptions): AsyncGenerator<ObjectInfo> {
    assertOpen('list', prefix, options);
    const fault = prefixFault(prefix);
    if (fault !== undefined) throw fail('INVALID_KEY', fault, 'list', prefix);
    let last: string | undefined;
    for await (const line of inner.list(prefix, options)) {
      if (!line.key.startsWith(prefix) || (last !== undefined && compareKeys(last, line.key) >= 0)) {
        throw fail('CORRUPT', 'the listing is not in order, or not of this prefix', 'list', line.key);
      }
      last = line.key;
      yield line;
      assertOpen('list', prefix, options);
    }
  }

  async function* get(key: string, options?: GetOptions): AsyncGenerator<Uint8Array> {
    assertOpen('get', key, options);
    assertKey(key, url, 'get');
    const range = options?.range;
    if (range !== undefined) {
      assertSupported(capabilities.rangeRead, 'this target cannot read a range', 'get', key);
      const { offset, length } = range;
      if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 1) {
        throw fail('INVALID_RANGE', 'a range has an offset and at least one byte', 'get', key);
      }
    }
    let givenBytes = 0;
    for await (const piece of inner.get(key, options)) {
      givenBytes += piece.byteLength;
      if (range !== undefined && givenBytes > range.length) break;
      yield piece;
      assertOpen('get', key, options);
    }
    if (range !== undefined && givenBytes !== range.length) {
      throw fail(
        'CORRUPT',
        `the range of ${range.length} bytes gave ${givenBytes > range.length ? 'more' : givenBytes}`,
        'get',
        key,
      );
    }
  }

  const assertRoot = (options: BeginOptions): void => {
    const { root, adopt } = options;
    const takes = adopt === undefined || (capabilities.adopts === true && root !== undefined);
    assertSupported(takes, 'this target takes nothing over from a batch that was killed', 'begin', root);
    if (root === undefined) {
      const supported = capabilities.append || capabilities.ownObjects === true;
      assertSupported(supported, 'this target takes only batches that name a new root', 'begin');
      return;
    }
    for (const name of [root, ...(adopt ?? [])]) {
      assertKeyFits(name, inner, 'begin');
      if (name.includes('/')) throw fail('INVALID_KEY', 'a root is one segment', 'begin', name);
    }
  };

  return wrapTarget(inner, {
    list,
    get,
    async stat(key, options) {
      assertOpen('stat', key, options);
      assertKey(key, url, 'stat');
      return inner.stat(key, options);
    },
    async begin(options = {}) {
      assertOpen('begin', options.root, options);
      assertRoot(options);
      const batch = await inner.begin(options);
      const ownOnly = options.root === undefined && !capabilities.append;
      return checkedBatch(batch, { url, capabilities, root: ownOnly ? OWN_ROOT : options.root, ownOnly, assertOpen });
    },
    async delete(keys, options) {
      assertOpen('delete', undefined, options);
      const own = capabilities.ownObjects === true && keys.length > 0 && keys.every(isOwnKey);
      assertSupported(capabilities.delete || own, 'this target cannot delete', 'delete');
      for (const key of keys) assertKey(key, url, 'delete');
      await inner.delete(keys, options);
    },
    async removeRoot(root, options) {
      assertOpen('removeRoot', root, options);
      assertSupported(capabilities.removeRoots === true, 'this target cannot remove a root', 'removeRoot', root);
      assertRemovable(root, options?.record, url);
      return inner.removeRoot(root, options);
    },
    async *sweep(options) {
      assertOpen('sweep', undefined, options);
      for (const root of options?.abandonedRoots ?? []) assertKey(root, url, 'sweep');
      yield* inner.sweep(options);
    },
    async close() {
      if (closed) return;
      closed = true;
      await inner.close();
    },
  });
}
