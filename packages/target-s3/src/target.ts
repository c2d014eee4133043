import {
  assertKey,
  assertRemovable,
  type BackupTarget,
  type BeginOptions,
  type CallOptions,
  type GetOptions,
  keyBytes,
  keyFault,
  type ListOptions,
  MAX_KEY_BYTES,
  type ObjectInfo,
  prefixFault,
  type RemovedRoot,
  type RemoveRootOptions,
  type RequestSizes,
  type Residue,
  refuseAdoption,
  removeListed,
  type StatOptions,
  type SweepOptions,
  type TargetCapabilities,
  TargetError,
  type WriteBatch,
} from '@holdfast/core/target';
import { S3Batch } from './batch.js';
import { COPY_PART_BYTES, MAX_COPY_BYTES } from './copying.js';
import { deleteObjects } from './deletion.js';
import { listObjects } from './listing.js';
import { MAX_PARTS } from './multipart.js';
import { getObject, statObject } from './reading.js';
import { RootClaim } from './root-claim.js';
import type { S3Session } from './session.js';
import type { S3Settings } from './settings.js';
import { sweepStore } from './sweep.js';

/** Largest object of S3: 5 TiB, which 10,000 parts of 525 MiB make. Some stores take less (R2 4.995 TiB) and say so. */
const MAX_OBJECT_BYTES = 5 * 1024 ** 4;

/**
 * S3 knows no segments, but MinIO and SeaweedFS keep each as a file name. A source's names are no longer on Linux and macOS,
 * so nothing is lost by it.
 */
const MAX_SEGMENT_BYTES = 255;

/** Requests at once that are worth while: more only queue at most stores, and memory is bounded apart from it. */
const CONCURRENCY = 16;

/** Objects in one answer to a listing. Source: ListObjectsV2. */
const LISTED_AT_ONCE = 1000;

/** Looking whether the key is taken, beginning the upload, joining the parts, looking at what came of it. */
const REQUESTS_AROUND_PARTS = 4;

function requestSizes({ singlePutBytes, partBytes }: S3Settings): RequestSizes {
  return Object.freeze({
    singlePutBytes,
    putPartBytes: partBytes,
    singleCopyBytes: MAX_COPY_BYTES,
    copyPartBytes: COPY_PART_BYTES,
    aroundParts: REQUESTS_AROUND_PARTS,
    maxParts: MAX_PARTS,
    listedAtOnce: LISTED_AT_ONCE,
  });
}

/** What a target at this place can do. */
export function capabilitiesOf(settings: S3Settings): TargetCapabilities {
  return Object.freeze({
    rangeRead: true,
    append: true,
    delete: true,
    ownObjects: true,
    removeRoots: true,
    putIfAbsent: settings.createIfAbsent,
    copy: true,
    copyShares: false,
    requests: requestSizes(settings),
    attributes: false,
    durability: 'full',
    maxObjectBytes: MAX_OBJECT_BYTES,
    maxKeyBytes: MAX_KEY_BYTES - keyBytes(settings.prefix),
    maxSegmentBytes: MAX_SEGMENT_BYTES,
    concurrency: CONCURRENCY,
    caseSensitiveKeys: settings.caseSensitiveKeys,
    windowsNames: false,
    retention: false,
    listDelayMs: 0,
  });
}

/** A bucket, or a prefix of one, as a target. */
export function s3Target(session: S3Session): BackupTarget {
  const { url } = session;
  const capabilities = capabilitiesOf(session.settings);

  async function* list(prefix: string, options: ListOptions = {}): AsyncGenerator<ObjectInfo, void, undefined> {
    session.assertOpen('list');
    const fault = prefixFault(prefix);
    if (fault !== undefined)
      throw new TargetError({ code: 'INVALID_KEY', reason: fault, url, operation: 'list', key: prefix });
    yield* listObjects(session, prefix, options);
  }

  async function stat(key: string, options: StatOptions = {}): Promise<ObjectInfo | undefined> {
    session.assertOpen('stat', key);
    assertKey(key, url, 'stat');
    return statObject(session, key, options);
  }

  async function* get(key: string, options: GetOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    session.assertOpen('get', key);
    assertKey(key, url, 'get');
    yield* getObject(session, key, options);
  }

  async function begin(options: BeginOptions = {}): Promise<WriteBatch> {
    const { root, signal } = options;
    session.assertOpen('begin');
    refuseAdoption(url, options);
    session.assertNotStopped(signal, { operation: 'begin' });
    if (root === undefined) return new S3Batch(session, capabilities);
    const fault = root.includes('/') ? 'a root is one segment' : keyFault(root);
    if (fault !== undefined)
      throw new TargetError({ code: 'INVALID_KEY', reason: fault, url, operation: 'begin', key: root });
    return new S3Batch(session, capabilities, { name: root, claim: await RootClaim.make(session, root, signal) });
  }

  async function remove(keys: readonly string[], options: CallOptions = {}): Promise<void> {
    session.assertOpen('delete');
    for (const key of keys) assertKey(key, url, 'delete');
    session.assertNotStopped(options.signal, { operation: 'delete' });
    await deleteObjects(session, keys, options.signal);
  }

  async function removeRoot(root: string, options: RemoveRootOptions = {}): Promise<RemovedRoot> {
    session.assertOpen('removeRoot', root);
    assertRemovable(root, options.record, url);
    session.assertNotStopped(options.signal, { operation: 'removeRoot', key: root });
    return removeListed({ list, delete: remove }, `${root}/`, options);
  }

  async function* sweep(options: SweepOptions = {}): AsyncGenerator<Residue, void, undefined> {
    session.assertOpen('sweep');
    for (const root of options.abandonedRoots ?? []) assertKey(root, url, 'sweep');
    session.assertNotStopped(options.signal, { operation: 'sweep' });
    yield* sweepStore(session, options);
  }

  const close = async (): Promise<void> => session.close();
  const localPaths = Object.freeze([]);
  return { url, capabilities, localPaths, list, stat, get, begin, delete: remove, removeRoot, sweep, close };
}
