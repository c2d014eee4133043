import {
  adoptNothing,
  assertKeyFits,
  type CallOptions,
  type CommitReceipt,
  type CommitRecord,
  type ObjectSource,
  OWN_ROOT,
  oneByOne,
  type PutOptions,
  type PutReceipt,
  piecesOf,
  type TargetOperation,
  type WriteBatch,
} from '../target/index.js';
import type { MemoryHandle } from './memory-handle.js';
import {
  digestOf,
  removeFromStore,
  rootIsTaken,
  type StoredObject,
  spellingIn,
  standingRoot,
  typeOf,
} from './memory-store.js';

/** Numbers the bytes that copies share; unique in this process. */
let lastSharedId = 0;

/**
 * A batch of an in-memory target. Staged objects live in a map of its own, which the store knows as residue until the batch
 * ends; publishing is one synchronous step, so nobody ever sees half of it.
 */
export function memoryBatch(handle: MemoryHandle, root: string | undefined): WriteBatch {
  const { store, capabilities } = handle;
  /** Nothing can be added but a record of the target's own. */
  const ownOnly = root === undefined && !capabilities.append;
  const staged = new Map<string, StoredObject>();
  const published = new Set<string>();
  store.staged.add(staged);
  /** Where only one root can stand: the one that this batch replaces. */
  const replaced = capabilities.oneRoot === undefined ? undefined : standingRoot(store);
  let ended: 'committed' | 'aborted' | undefined;

  const enter = (operation: TargetOperation, options?: CallOptions, key?: string): void => {
    handle.enter(operation, options, key);
    if (ended !== undefined) throw handle.fail('CLOSED', `the batch has been ${ended}`, operation, key);
  };
  const assertFits = (key: string, operation: TargetOperation): void =>
    assertKeyFits(key, { url: handle.url, capabilities, root: ownOnly ? OWN_ROOT : root }, operation);
  const place = (key: string, object: StoredObject): void => {
    const spelling = spellingIn(store.objects, key, capabilities.caseSensitiveKeys);
    store.objects.set(spelling, { ...object, listedFromMs: handle.now() + capabilities.listDelayMs });
    published.add(spelling);
  };
  const keep = (key: string, object: StoredObject, operation: TargetOperation): void => {
    if (handle.publish === 'commit') {
      staged.set(key, object);
      return;
    }
    const spelling = spellingIn(store.objects, key, capabilities.caseSensitiveKeys);
    const other = store.objects.get(spelling);
    if (root !== undefined && other !== undefined && !published.has(spelling)) {
      // The very bytes of a batch that was killed: taken over, so that it can be repeated; not ours to remove.
      if (typeOf(other) === typeOf(object) && Buffer.compare(other.bytes, object.bytes) === 0) return;
      throw handle.fail('ALREADY_EXISTS', 'another batch fills the same root', operation, key);
    }
    place(key, object);
  };
  const end = (how: 'committed' | 'aborted'): void => {
    ended = how;
    store.staged.delete(staged);
    staged.clear();
  };

  async function put(key: string, source: ObjectSource, options: PutOptions = {}): Promise<PutReceipt> {
    enter('put', options, key);
    if (ownOnly) throw handle.fail('UNSUPPORTED', 'this target takes only batches that name a new root', 'put', key);
    assertFits(key, 'put');
    const attributes = options.attributes ?? {};
    if (!capabilities.attributes && (attributes.type ?? 'file') !== 'file') {
      throw handle.fail('UNSUPPORTED', `this target keeps no ${attributes.type}`, 'put', key);
    }
    if (source.sizeBytes > capabilities.maxObjectBytes) {
      throw handle.fail('TOO_LARGE', `larger than ${capabilities.maxObjectBytes} bytes`, 'put', key);
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of piecesOf(source, { url: handle.url, key, signal: options.signal })) {
      pieces.push(piece.slice());
    }
    enter('put', options, key);
    const bytes = new Uint8Array(Buffer.concat(pieces));
    keep(
      key,
      {
        bytes,
        attributes: capabilities.attributes ? attributes : {},
        listedFromMs: 0,
      },
      'put',
    );
    const digest = handle.digests && (attributes.type ?? 'file') === 'file' ? digestOf(bytes) : undefined;
    return { confirmed: handle.confirmsPuts, ...(digest === undefined ? {} : { digest }) };
  }

  async function copy(fromKey: string, toKey: string, options: PutOptions = {}): Promise<void> {
    enter('copy', options, toKey);
    if (!capabilities.copy || ownOnly) throw handle.fail('UNSUPPORTED', 'this target cannot copy', 'copy', toKey);
    assertFits(toKey, 'copy');
    const home = staged.has(fromKey) ? staged : store.objects;
    const spelling = spellingIn(home, fromKey, capabilities.caseSensitiveKeys);
    const original = home.get(spelling);
    if (original === undefined || typeOf(original) !== 'file') {
      throw handle.fail('NOT_FOUND', 'no such object', 'copy', fromKey);
    }
    const attributes = capabilities.attributes ? (options.attributes ?? {}) : {};
    if (!capabilities.copyShares) {
      keep(toKey, { bytes: original.bytes.slice(), attributes, listedFromMs: 0 }, 'copy');
      return;
    }
    lastSharedId += 1;
    const sharedId = original.sharedId ?? `memory-${lastSharedId}`;
    home.set(spelling, { ...original, sharedId });
    keep(toKey, { bytes: original.bytes, attributes, sharedId, listedFromMs: 0 }, 'copy');
  }

  async function commit(record?: CommitRecord, options?: CallOptions): Promise<CommitReceipt> {
    enter('commit', options, record?.key);
    if (record !== undefined) assertFits(record.key, 'commit');
    const ifAbsent = record?.ifAbsent ?? false;
    if (ifAbsent && !capabilities.putIfAbsent) {
      throw handle.fail('UNSUPPORTED', 'this target cannot create only if absent', 'commit', record?.key);
    }
    if (root !== undefined && handle.publish === 'commit' && rootIsTaken(store, root)) {
      throw handle.fail('ALREADY_EXISTS', 'the root is taken', 'commit', record?.key ?? root);
    }
    if (record !== undefined && (ifAbsent || root !== undefined)) {
      const other = store.objects.get(spellingIn(store.objects, record.key, capabilities.caseSensitiveKeys));
      if (other !== undefined && Buffer.compare(other.bytes, record.body) !== 0) {
        throw handle.fail('ALREADY_EXISTS', 'the record is taken', 'commit', record.key);
      }
    }
    if (capabilities.oneRoot !== undefined) {
      if (standingRoot(store) !== replaced)
        throw handle.fail('ALREADY_EXISTS', 'another root has come meanwhile', 'commit', record?.key);
      store.objects.clear();
    }
    for (const [key, object] of staged) place(key, object);
    if (record !== undefined) place(record.key, { bytes: record.body.slice(), attributes: {}, listedFromMs: 0 });
    end('committed');
    return { durableBy: 'memory' };
  }

  async function abort(): Promise<void> {
    if (ended !== undefined) return;
    for (const key of published) removeFromStore(store, key);
    end('aborted');
  }

  return {
    put,
    copy,
    ...oneByOne({ put, copy }, capabilities.concurrency),
    ...adoptNothing(handle.url),
    commit,
    abort,
  };
}
