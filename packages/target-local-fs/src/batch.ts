import { lstatSync } from 'node:fs';
import { errorCode, fileFlusher, SMALL_FILE_BYTES, type StagingClaim } from '@holdfast/core/files';
import {
  type CallOptions,
  type CommitReceipt,
  type CommitRecord,
  type ObjectAttributes,
  type ObjectSource,
  type PutOptions,
  type PutReceipt,
  piecesOf,
  type TargetOperation,
  type WriteBatch,
} from '@holdfast/core/target';
import { adoptCall } from './batch-adopt.js';
import { manyCalls } from './batch-many.js';
import { type CopySource, copyFileCheaply } from './copy.js';
import { asTargetError } from './errors.js';
import type { StagingLayout } from './layout.js';
import type { LeftTrees } from './left-trees.js';
import { typeOf } from './look-up.js';
import { assertUsableKey, enter, fault, type Place } from './place.js';
import { assertPossible, collect, makeLink } from './put-object.js';
import { fileAt } from './read.js';
import { releaseClaim } from './release-claim.js';
import { discard, writeStream, writeWhole } from './stage-file.js';

export interface BatchContext {
  readonly place: Place;
  readonly claim: StagingClaim;
  readonly layout: StagingLayout;
  readonly root: string | undefined;
  /** What killed batches had staged. */
  readonly left: LeftTrees;
}

/** One batch of a folder target: stages through its layout, has everything made durable, publishes. */
export function openBatch({ place, claim, layout, root, left }: BatchContext): WriteBatch {
  const flusher = fileFlusher({
    kind: place.fileSystem.kind,
    way: place.durableBy,
    system: place.means.system,
    pool: place.means.syncPool(),
    onStep: place.onStep,
  });
  /** What threads are writing: it must not be swept from under them. */
  const running = new Set<Promise<unknown>>();
  let ended: 'committed' | 'aborted' | undefined;
  let ending: Promise<void> | undefined;

  function enterBatch(operation: TargetOperation, options?: CallOptions, key?: string): void {
    enter(place, operation, options, key);
    if (ended !== undefined) throw fault(place, 'CLOSED', `the batch has been ${ended}`, operation, key);
  }
  const explain =
    (operation: TargetOperation, key?: string) =>
    (error: unknown): unknown =>
      asTargetError(error, { url: place.url, operation, key });

  async function put(key: string, source: ObjectSource, options: PutOptions = {}): Promise<PutReceipt> {
    enterBatch('put', options, key);
    assertUsableKey(place, key, 'put', root);
    const attributes = options.attributes ?? {};
    assertPossible(place, key, source, attributes);
    const pieces = piecesOf(source, { url: place.url, key, signal: options.signal });
    const file = (attributes.type ?? 'file') === 'file';
    if (file && (place.slow || source.sizeBytes > SMALL_FILE_BYTES)) {
      await putStream(key, source.sizeBytes, pieces, attributes);
    } else {
      const bytes = await collect(pieces, source.sizeBytes);
      enterBatch('put', options, key);
      await putWhole(key, bytes, attributes);
    }
    return { confirmed: false };
  }

  async function putWhole(key: string, bytes: Uint8Array, attributes: ObjectAttributes): Promise<void> {
    try {
      if (attributes.type === 'directory') {
        layout.addFolder(key, attributes);
      } else if (attributes.type === 'symlink') {
        stage(key, (path) => makeLink(place, path, attributes));
      } else {
        const { path, made } = stage(key, (at) => {
          place.onStep?.({ kind: 'write', path: at });
          return writeWhole(at, bytes, attributes);
        });
        await flusher.add(made, bytes.byteLength, path);
      }
    } catch (error) {
      throw explain('put', key)(error);
    }
  }

  /** Reserves, makes, keeps; or forgets. */
  function stage<Made>(key: string, make: (path: string) => Made): { readonly path: string; readonly made: Made } {
    const path = layout.reserve(key);
    try {
      const made = make(path);
      layout.keep(key);
      return { path, made };
    } catch (error) {
      layout.forget(key);
      throw error;
    }
  }

  async function putStream(
    key: string,
    sizeBytes: number,
    pieces: AsyncIterable<Uint8Array>,
    attributes: ObjectAttributes,
  ): Promise<void> {
    const path = attempt(explain('put', key), () => layout.reserve(key));
    let descriptor: number;
    try {
      place.onStep?.({ kind: 'write', path });
      descriptor = await writeStream({ path, pieces, sizeBytes, attributes, explain: explain('put', key) });
    } catch (error) {
      layout.forget(key);
      throw error;
    }
    try {
      enterBatch('put', undefined, key);
    } catch (error) {
      discard(descriptor, path);
      layout.forget(key);
      throw error;
    }
    layout.keep(key);
    await flusher.add(descriptor, sizeBytes, path);
  }

  async function copy(fromKey: string, toKey: string, options: PutOptions = {}): Promise<void> {
    enterBatch('copy', options, toKey);
    if (!place.capabilities.copy) throw fault(place, 'UNSUPPORTED', 'nothing can be shared here', 'copy', toKey);
    assertUsableKey(place, fromKey, 'copy');
    assertUsableKey(place, toKey, 'copy', root);
    const from = attempt(explain('copy', fromKey), () => copySource(fromKey));
    if (from === undefined) throw fault(place, 'NOT_FOUND', 'there is no such file', 'copy', fromKey);
    const path = attempt(explain('copy', toKey), () => layout.reserve(toKey));
    try {
      const outcome = await copyFileCheaply(place, claim, from, path, options.attributes ?? {});
      if (outcome.kind === 'refused') {
        throw fault(place, 'COPY_REFUSED', outcome.reason, 'copy', toKey, { cause: outcome.cause });
      }
      layout.keep(toKey);
      if (outcome.kind === 'clone') await flusher.add(outcome.descriptor, Number(from.stats.size), path);
    } catch (error) {
      layout.forget(toKey);
      if (errorCode(error) === 'ENOENT' && lstatSync(from.path, { throwIfNoEntry: false }) === undefined) {
        throw fault(place, 'NOT_FOUND', 'the file has just been removed', 'copy', fromKey, { cause: error });
      }
      throw explain('copy', toKey)(error);
    }
  }

  /** An object of this batch goes before one of the target: that is the one the caller has just put. */
  function copySource(key: string): CopySource | undefined {
    const path = layout.pathOfKept(key);
    const stats = path === undefined ? undefined : lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (path !== undefined && stats !== undefined && typeOf(stats) === 'file') return { path, stats };
    return fileAt(place, key);
  }

  async function commit(record?: CommitRecord, options: CallOptions = {}): Promise<CommitReceipt> {
    enterBatch('commit', options, record?.key);
    if (record !== undefined) assertUsableKey(place, record.key, 'commit', root);
    if (record?.ifAbsent && !place.capabilities.putIfAbsent) {
      throw fault(place, 'UNSUPPORTED', 'this file system cannot create only if absent', 'commit', record.key);
    }
    ended = 'committed';
    try {
      layout.prepare();
      const durableBy = await flusher.finish({ folder: claim.path, paths: () => layout.files() });
      enter(place, 'commit', options, record?.key);
      await layout.publish(record, durableBy, options);
      return { durableBy };
    } catch (error) {
      throw explain('commit', record?.key)(error);
    } finally {
      await end();
    }
  }

  async function abort(): Promise<void> {
    ended ??= 'aborted';
    await end();
  }

  async function counted<Answer>(work: Promise<Answer>): Promise<Answer> {
    running.add(work);
    try {
      return await work;
    } finally {
      running.delete(work);
    }
  }

  /** Nothing stays of the batch but what it has published. */
  function end(): Promise<void> {
    ending ??= (async () => {
      await Promise.allSettled(running);
      await flusher.drop().catch(() => undefined);
      await releaseClaim(place, claim);
      place.batches.delete(batch);
    })();
    return ending;
  }

  const context = { place, claim, layout, root, flusher, enterBatch, explain };
  const many = manyCalls({ ...context, calls: { put, copy } });
  const adoption = adoptCall({ ...context, left });
  const batch: WriteBatch = {
    put,
    copy,
    putAll: (objects, options) => counted(many.putAll(objects, options)),
    copyAll: (requests, options) => counted(many.copyAll(requests, options)),
    adoptAll: (requests, options) => counted(adoption.adoptAll(requests, options)),
    commit,
    abort,
  };
  place.batches.add(batch);
  return batch;
}

function attempt<Result>(explain: (error: unknown) => unknown, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw explain(error);
  }
}
