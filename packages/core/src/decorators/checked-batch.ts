import {
  assertKey,
  assertKeyFits,
  type CallOptions,
  type CommitReceipt,
  type CommitRecord,
  type KeyPlace,
  type ObjectSource,
  type PutOptions,
  type PutReceipt,
  piecesOf,
  TargetError,
  type TargetErrorCode,
  type TargetOperation,
  type WriteBatch,
  withoutRefused,
} from '../target/index.js';
import { wrapBatch } from './wrap.js';

/** What a checked batch knows of its target. */
export interface CheckedPlace extends KeyPlace {
  /** Nothing but a record of the target's own can be written: `ownObjects` without `append`. */
  readonly ownOnly: boolean;
  /** Throws `CLOSED` after the target was closed, `ABORTED` after the signal of the call has fired. */
  readonly assertOpen: (operation: TargetOperation, key?: string, options?: CallOptions) => void;
}

/**
 * A batch whose arguments, order of calls and sources are checked. That no key is put twice stays the caller's promise: to
 * check it, every key of the batch would have to be kept.
 */
export function checkedBatch(inner: WriteBatch, place: CheckedPlace): WriteBatch {
  const { url, capabilities } = place;
  let state: 'open' | 'being committed' | 'committed' | 'aborted' = 'open';
  let running = 0;

  const fail = (code: TargetErrorCode, reason: string, operation: TargetOperation, key?: string): TargetError =>
    new TargetError({ code, reason, url, operation, key });
  const assertUsable = (operation: TargetOperation, key?: string, options?: CallOptions): void => {
    place.assertOpen(operation, key, options);
    if (state !== 'open') throw fail('CLOSED', `the batch has been ${state}`, operation, key);
  };
  const counted = async <Answer>(work: Promise<Answer>): Promise<Answer> => {
    running += 1;
    try {
      return await work;
    } finally {
      running -= 1;
    }
  };

  function assertPuttable(key: string, sizeBytes: number, options: PutOptions): void {
    assertUsable('put', key, options);
    if (place.ownOnly) throw fail('UNSUPPORTED', 'this target takes only batches that name a new root', 'put', key);
    assertKeyFits(key, place, 'put');
    const { type = 'file', linkTarget } = options.attributes ?? {};
    if (type !== 'file' && !capabilities.attributes) {
      throw fail('UNSUPPORTED', `this target keeps no ${type}`, 'put', key);
    }
    if (type === 'symlink' && linkTarget === undefined) {
      throw fail('UNSUPPORTED', 'a symlink needs a linkTarget', 'put', key);
    }
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || (type !== 'file' && sizeBytes > 0)) {
      throw fail('SIZE_MISMATCH', `a ${type} cannot have ${sizeBytes} bytes`, 'put', key);
    }
    if (sizeBytes > capabilities.maxObjectBytes) {
      throw fail('TOO_LARGE', `larger than the ${capabilities.maxObjectBytes} bytes of an object here`, 'put', key);
    }
  }

  async function put(key: string, source: ObjectSource, options: PutOptions = {}): Promise<PutReceipt> {
    assertPuttable(key, source.sizeBytes, options);
    const exact: ObjectSource = {
      sizeBytes: source.sizeBytes,
      open: () => piecesOf(source, { url, key, signal: options.signal }),
    };
    return counted(inner.put(key, exact, options));
  }

  function assertCopyable(fromKey: string, toKey: string, options?: PutOptions): void {
    assertUsable('copy', toKey, options);
    if (!capabilities.copy || place.ownOnly) throw fail('UNSUPPORTED', 'this target cannot copy', 'copy', toKey);
    assertKey(fromKey, url, 'copy');
    assertKeyFits(toKey, place, 'copy');
  }

  async function copy(fromKey: string, toKey: string, options?: PutOptions): Promise<void> {
    assertCopyable(fromKey, toKey, options);
    await counted(inner.copy(fromKey, toKey, options));
  }

  const putAll: WriteBatch['putAll'] = (objects, options) =>
    withoutRefused(
      objects,
      ({ key, bytes, attributes }) => assertPuttable(key, bytes.byteLength, { ...options, attributes }),
      (allowed) => counted(inner.putAll(allowed, options)),
    );

  const copyAll: WriteBatch['copyAll'] = (requests, options) =>
    withoutRefused(
      requests,
      ({ fromKey, toKey }) => assertCopyable(fromKey, toKey, options),
      (allowed) => counted(inner.copyAll(allowed, options)),
    );

  const adoptAll: WriteBatch['adoptAll'] = (requests, options) =>
    withoutRefused(
      requests,
      ({ fromKey, toKey, sizeBytes, sha256 }) => {
        assertUsable('adopt', toKey, options);
        if (capabilities.adopts !== true) throw fail('UNSUPPORTED', 'this target takes nothing over', 'adopt', toKey);
        assertKey(fromKey, url, 'adopt');
        assertKeyFits(toKey, place, 'adopt');
        if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || !/^[0-9a-f]{64}$/.test(sha256)) {
          throw fail('SIZE_MISMATCH', 'what is taken over has a size and a SHA-256', 'adopt', toKey);
        }
      },
      (allowed) => counted(inner.adoptAll(allowed, options)),
    );

  async function commit(record?: CommitRecord, options?: CallOptions): Promise<CommitReceipt> {
    assertUsable('commit', record?.key, options);
    if (record !== undefined) assertKeyFits(record.key, place, 'commit');
    if (record?.ifAbsent && !capabilities.putIfAbsent) {
      throw fail('UNSUPPORTED', 'this target cannot create only if absent', 'commit', record.key);
    }
    if (running > 0) throw fail('UNSUPPORTED', `${running} puts or copies are still running`, 'commit', record?.key);
    state = 'being committed';
    try {
      const receipt = await inner.commit(record, options);
      state = 'committed';
      return receipt;
    } catch (error) {
      // A commit that failed can be repeated or given up; the inner batch knows which.
      state = 'open';
      throw error;
    }
  }

  async function abort(): Promise<void> {
    if (state === 'committed' || state === 'aborted') return;
    state = 'aborted';
    await inner.abort();
  }

  return wrapBatch(inner, { put, copy, putAll, copyAll, adoptAll, commit, abort });
}
