import {
  abortedError,
  assertKey,
  assertKeyFits,
  type BackupTarget,
  type BeginOptions,
  type CallOptions,
  type GetOptions,
  isOwnKey,
  type ListOptions,
  type ObjectInfo,
  prefixFault,
  refuseAdoption,
  type StatOptions,
  type TargetCapabilities,
  TargetError,
  type WriteBatch,
} from '../target/index.js';
import { memoryBatch } from './memory-batch.js';
import type { MemoryHandle } from './memory-handle.js';
import {
  digestOf,
  hasBelow,
  infoOf,
  listStore,
  type MemoryStore,
  memoryStore,
  removeFromStore,
  rootIsTaken,
  spellingIn,
  standingRoot,
  typeOf,
} from './memory-store.js';
import { removeRoot, sweep } from './memory-sweep.js';

/** What an in-memory target is told when it is made. */
export interface MemoryTargetOptions {
  /** Two targets on one store are two handles on the same place; a new store where it is left out. */
  readonly store?: MemoryStore | undefined;
  /** `memory:` by default. */
  readonly url?: string | undefined;
  /** Overrides of {@link MEMORY_CAPABILITIES}; each is kept to the letter. */
  readonly capabilities?: Partial<TargetCapabilities> | undefined;
  /**
   * When the objects of a batch become visible: `commit` like a folder (default), `put` like an object store. The record is
   * visible last in both.
   */
  readonly publish?: 'commit' | 'put' | undefined;
  /** What puts answer as `confirmed`; `false` by default. */
  readonly confirmsPuts?: boolean | undefined;
  /** Puts are confirmed, and they, listings and `stat` give a digest of what is stored. */
  readonly digests?: boolean | undefined;
  /** None by default: it writes to no file system. */
  readonly localPaths?: readonly string[] | undefined;
  /** Milliseconds since 1970, for `listDelayMs`; `Date.now` by default. */
  readonly now?: (() => number) | undefined;
}

/** Everything supported, nothing limited but the keys. */
export const MEMORY_CAPABILITIES: TargetCapabilities = Object.freeze({
  rangeRead: true,
  append: true,
  delete: true,
  ownObjects: true,
  removeRoots: true,
  putIfAbsent: true,
  copy: true,
  copyShares: true,
  attributes: true,
  durability: 'processCrash',
  maxObjectBytes: Number.POSITIVE_INFINITY,
  maxKeyBytes: 1024,
  maxSegmentBytes: 1024,
  concurrency: 8,
  caseSensitiveKeys: true,
  windowsNames: false,
  retention: false,
  listDelayMs: 0,
});

/** `get` gives pieces of this size at most, so that a reader meets more than one. */
const PIECE_BYTES = 64 * 1024;

/**
 * A target that keeps its objects in this process. It keeps every law of the contract for every combination of capabilities,
 * and serves as the reference that tests run on.
 */
export function memoryTarget(options: MemoryTargetOptions = {}): BackupTarget {
  const url = options.url ?? 'memory:';
  const handle: MemoryHandle = {
    url,
    capabilities: Object.freeze({
      ...MEMORY_CAPABILITIES,
      wholeRoots: options.publish !== 'put',
      ...options.capabilities,
    }),
    store: options.store ?? memoryStore(),
    publish: options.publish ?? 'commit',
    confirmsPuts: options.confirmsPuts ?? options.digests ?? false,
    digests: options.digests ?? false,
    now: options.now ?? Date.now,
    closed: false,
    fail: (code, reason, operation, key) => new TargetError({ code, reason, url, operation, key }),
    enter(operation, callOptions, key) {
      if (handle.closed) throw handle.fail('CLOSED', 'the target has been closed', operation, key);
      if (callOptions?.signal?.aborted) throw abortedError(url, operation, key, callOptions.signal);
    },
  };
  return {
    url,
    capabilities: handle.capabilities,
    localPaths: Object.freeze([...(options.localPaths ?? [])]),
    list: (prefix, listOptions) => list(handle, prefix, listOptions),
    stat: (key, callOptions) => stat(handle, key, callOptions),
    get: (key, getOptions) => get(handle, key, getOptions),
    begin: (beginOptions) => begin(handle, beginOptions),
    delete: (keys, callOptions) => remove(handle, keys, callOptions),
    removeRoot: (root, removeOptions) => removeRoot(handle, root, removeOptions),
    sweep: (sweepOptions) => sweep(handle, sweepOptions),
    async close() {
      handle.closed = true;
    },
  };
}

async function* list(handle: MemoryHandle, prefix: string, options: ListOptions = {}): AsyncGenerator<ObjectInfo> {
  handle.enter('list', options);
  const fault = prefixFault(prefix);
  if (fault !== undefined) throw handle.fail('INVALID_KEY', fault, 'list', prefix);
  for (const line of listStore(handle.store, prefix, options.oneLevel ?? false, handle.now())) {
    handle.enter('list', options);
    yield withDigest(handle, line);
  }
}

async function stat(handle: MemoryHandle, key: string, options?: StatOptions): Promise<ObjectInfo | undefined> {
  handle.enter('stat', options, key);
  assertKey(key, handle.url, 'stat');
  const spelling = spellingIn(handle.store.objects, key, handle.capabilities.caseSensitiveKeys);
  const object = handle.store.objects.get(spelling);
  if (object === undefined || (typeOf(object) === 'directory' && hasBelow(handle.store, spelling))) return undefined;
  const info = withDigest(handle, infoOf(key, object));
  const storedAtMs = object.listedFromMs - handle.capabilities.listDelayMs;
  // What a test has put into the map says nothing of when it came.
  return options?.storedAt === true && object.listedFromMs > 0 ? { ...info, storedAtMs } : info;
}

async function* get(handle: MemoryHandle, key: string, options: GetOptions = {}): AsyncGenerator<Uint8Array> {
  handle.enter('get', options, key);
  assertKey(key, handle.url, 'get');
  const { range } = options;
  if (range !== undefined && !handle.capabilities.rangeRead) {
    throw handle.fail('UNSUPPORTED', 'this target cannot read a range', 'get', key);
  }
  const object = handle.store.objects.get(spellingIn(handle.store.objects, key, handle.capabilities.caseSensitiveKeys));
  if (object === undefined || typeOf(object) !== 'file') throw handle.fail('NOT_FOUND', 'no such object', 'get', key);
  const start = range?.offset ?? 0;
  const end = range === undefined ? object.bytes.byteLength : range.offset + range.length;
  const whole = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0;
  if (!whole || (range !== undefined && range.length < 1) || end > object.bytes.byteLength) {
    throw handle.fail('INVALID_RANGE', `not inside the ${object.bytes.byteLength} bytes of the object`, 'get', key);
  }
  for (let offset = start; offset < end; offset += PIECE_BYTES) {
    handle.enter('get', options, key);
    yield object.bytes.slice(offset, Math.min(offset + PIECE_BYTES, end));
  }
}

async function begin(handle: MemoryHandle, options: BeginOptions = {}): Promise<WriteBatch> {
  handle.enter('begin', options);
  refuseAdoption(handle.url, options);
  const { root } = options;
  if (root === undefined) {
    if (!handle.capabilities.append && handle.capabilities.ownObjects !== true) {
      throw handle.fail('UNSUPPORTED', 'this target takes only batches that name a new root', 'begin');
    }
  } else {
    assertKeyFits(root, handle, 'begin');
    if (root.includes('/')) throw handle.fail('INVALID_KEY', 'a root is one segment', 'begin', root);
    // Where objects show as they are put, what a killed batch left is there too: the record decides, at the commit.
    if (handle.publish === 'commit' && rootIsTaken(handle.store, root))
      throw handle.fail('ALREADY_EXISTS', 'the root is taken', 'begin', root);
    if (handle.capabilities.oneRoot === 'kept' && standingRoot(handle.store) !== undefined)
      throw handle.fail('ALREADY_EXISTS', 'one root stands there, and holds its place', 'begin', root);
  }
  return memoryBatch(handle, root);
}

async function remove(handle: MemoryHandle, keys: readonly string[], options?: CallOptions): Promise<void> {
  handle.enter('delete', options);
  const own = handle.capabilities.ownObjects === true && keys.length > 0 && keys.every(isOwnKey);
  if (!handle.capabilities.delete && !own) throw handle.fail('UNSUPPORTED', 'this target cannot delete', 'delete');
  for (const key of keys) assertKey(key, handle.url, 'delete');
  for (const key of keys) {
    removeFromStore(handle.store, spellingIn(handle.store.objects, key, handle.capabilities.caseSensitiveKeys));
  }
}

function withDigest(handle: MemoryHandle, info: ObjectInfo): ObjectInfo {
  if (!handle.digests || info.type !== 'file') return info;
  const spelling = spellingIn(handle.store.objects, info.key, handle.capabilities.caseSensitiveKeys);
  const object = handle.store.objects.get(spelling);
  return object === undefined ? info : { ...info, digest: digestOf(object.bytes) };
}
