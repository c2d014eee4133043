import {
  type AdoptRequest,
  adoptNothing,
  assertKey,
  assertKeyFits,
  type CallOptions,
  type CommitReceipt,
  type CommitRecord,
  type CopyRequest,
  isTargetError,
  type KeyPlace,
  type ManyCalls,
  type ObjectSource,
  type Outcome,
  oneByOne,
  type PutOptions,
  type PutReceipt,
  type SmallObject,
  type TargetCapabilities,
  TargetError,
  type TargetErrorCode,
  type TargetOperation,
  type WriteBatch,
} from '@holdfast/core/target';
import { copyObject } from './copying.js';
import { deleteObjects } from './deletion.js';
import { putInParts } from './multipart.js';
import { putRecord } from './record.js';
import type { RootClaim } from './root-claim.js';
import type { S3Session } from './session.js';
import { digested, gather, putWhole } from './single-put.js';

/** How long giving a batch up may take, in milliseconds: it is best effort. */
const ABORT_LIMIT_MS = 60_000;

/**
 * Objects go straight to their final keys, where others may see them; they count only by the record, which is put after all of
 * them. What a killed run leaves is removed by nobody but `prune`: it might be somebody's who is still alive.
 */
export class S3Batch implements WriteBatch {
  readonly #session: S3Session;
  readonly #place: KeyPlace;
  readonly #claim: RootClaim | undefined;
  readonly #many: ManyCalls;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  /** Put by this batch, where it has no root: a caller guarantees that these keys are its alone. */
  readonly #made = new Set<string>();
  /** Their put has failed in a way that leaves open whether the object appears. */
  readonly #doubtful = new Set<string>();
  #hasEnded = false;
  /** A record was sent and no clear answer came: it may be visible, and then everything must stay. */
  #isRecordDoubtful = false;

  constructor(
    session: S3Session,
    capabilities: TargetCapabilities,
    root?: { readonly name: string; readonly claim: RootClaim },
  ) {
    this.#session = session;
    this.#place = { url: session.url, capabilities, root: root?.name };
    this.#claim = root?.claim;
    this.#many = oneByOne(this, capabilities.concurrency);
  }

  putAll(objects: readonly SmallObject[], options?: CallOptions): Promise<readonly Outcome<PutReceipt>[]> {
    return this.#many.putAll(objects, options);
  }

  copyAll(requests: readonly CopyRequest[], options?: CallOptions): Promise<readonly Outcome<void>[]> {
    return this.#many.copyAll(requests, options);
  }

  adoptAll(requests: readonly AdoptRequest[]): Promise<readonly Outcome<void>[]> {
    return adoptNothing(this.#session.url).adoptAll(requests);
  }

  async put(key: string, source: ObjectSource, options: PutOptions = {}): Promise<PutReceipt> {
    this.#enter('put', key);
    assertKeyFits(key, this.#place, 'put');
    const type = options.attributes?.type ?? 'file';
    if (type !== 'file') throw this.#fault('UNSUPPORTED', `this target keeps no ${type}`, 'put', key);
    const { maxObjectBytes } = this.#place.capabilities;
    if (source.sizeBytes > maxObjectBytes)
      throw this.#fault('TOO_LARGE', `the object is larger than ${maxObjectBytes} bytes`, 'put', key);
    return this.#run(options.signal, async (signal) => {
      let isSent = false;
      try {
        const receipt = await this.#store(key, source, signal, () => {
          isSent = true;
        });
        this.#doubtful.delete(key);
        if (this.#claim === undefined) this.#made.add(key);
        return receipt;
      } catch (error) {
        if (isSent && isUnclear(error)) this.#doubtful.add(key);
        throw error;
      }
    });
  }

  async copy(fromKey: string, toKey: string, options: PutOptions = {}): Promise<void> {
    this.#enter('copy', toKey);
    assertKey(fromKey, this.#session.url, 'copy');
    assertKeyFits(toKey, this.#place, 'copy');
    const session = this.#session;
    await this.#run(options.signal, async (signal) => {
      this.#claim?.noteCopy(toKey, false);
      try {
        await copyObject({ session, fromKey, toKey, signal, metadata: this.#claim?.metadata });
      } catch (error) {
        if (isUnclear(error)) this.#doubtful.add(toKey);
        throw error;
      }
      this.#doubtful.delete(toKey);
      if (this.#claim === undefined) this.#made.add(toKey);
      else this.#claim.noteCopy(toKey, true);
    });
  }

  async commit(record?: CommitRecord, options: CallOptions = {}): Promise<CommitReceipt> {
    this.#enter('commit', record?.key);
    if (record !== undefined) assertKeyFits(record.key, this.#place, 'commit');
    if (record?.ifAbsent === true && !this.#place.capabilities.putIfAbsent) {
      throw this.#fault('UNSUPPORTED', 'this store cannot create an object only if it is absent', 'commit', record.key);
    }
    const link = this.#session.link([options.signal, this.#stop.signal]);
    try {
      await Promise.allSettled(this.#running);
      if (link.signal.aborted)
        throw this.#session.explain(undefined, { operation: 'commit', key: record?.key }, link.signal);
      await this.#settleDoubts(link.signal);
      await this.#claim?.assertComplete(link.signal);
      if (record !== undefined) await this.#putRecord(record, link.signal);
    } finally {
      link.release();
    }
    this.#hasEnded = true;
    return { durableBy: 'store' };
  }

  async abort(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stop.abort();
    await Promise.allSettled(this.#running);
    if (this.#isRecordDoubtful) return;
    const link = this.#session.link([], ABORT_LIMIT_MS);
    const removal =
      this.#claim === undefined
        ? deleteObjects(this.#session, [...this.#made, ...this.#doubtful], link.signal, 'abort')
        : this.#claim.giveUp(this.#doubtful, link.signal);
    // Best effort: whatever stays counts for nobody, for no record names it.
    await removal.catch(() => {}).finally(() => link.release());
  }

  async #store(key: string, source: ObjectSource, signal: AbortSignal, onDoubt: () => void): Promise<PutReceipt> {
    const session = this.#session;
    const context = { operation: 'put', key, signal } as const;
    if (source.sizeBytes > session.settings.singlePutBytes) {
      return this.#claim?.putInParts(context, source, onDoubt) ?? putInParts({ session, key, source, signal, onDoubt });
    }
    const release = await session.takeMemory(source.sizeBytes, context);
    try {
      const body = digested(await gather(source, { url: session.url, key, signal }));
      if (this.#claim !== undefined) return await this.#claim.putWhole(context, body, onDoubt);
      onDoubt();
      return await putWhole(session, context, body);
    } finally {
      release();
    }
  }

  async #putRecord(record: CommitRecord, signal: AbortSignal): Promise<void> {
    try {
      await putRecord(this.#session, record, record.ifAbsent === true || this.#claim !== undefined, signal);
    } catch (error) {
      if (isUnclear(error)) this.#isRecordDoubtful = true;
      throw error;
    }
  }

  /** Nothing may stay under the key of a put that has failed (law 2). */
  async #settleDoubts(signal: AbortSignal): Promise<void> {
    if (this.#doubtful.size === 0) return;
    if (this.#claim === undefined) await deleteObjects(this.#session, [...this.#doubtful], signal, 'commit');
    else await this.#claim.removeDoubtful(this.#doubtful, signal);
    this.#doubtful.clear();
  }

  /** Runs work that `commit` waits for and `abort` ends. */
  async #run<Result>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const link = this.#session.link([signal, this.#stop.signal]);
    const running = work(link.signal).finally(() => link.release());
    const settled: Promise<unknown> = running.catch(() => {}).then(() => this.#running.delete(settled));
    this.#running.add(settled);
    return running;
  }

  #enter(operation: TargetOperation, key: string | undefined): void {
    this.#session.assertOpen(operation, key);
    if (this.#hasEnded) throw this.#fault('CLOSED', 'the batch has ended', operation, key);
  }

  #fault(code: TargetErrorCode, reason: string, operation: TargetOperation, key: string | undefined): TargetError {
    return new TargetError({ code, reason, url: this.#session.url, operation, key });
  }
}

/** May what was asked for have been done all the same? A refusal is clear; silence, a cut connection and a stop are not. */
function isUnclear(error: unknown): boolean {
  return isTargetError(error) && (error.retryable || error.code === 'ABORTED' || error.code === 'CLOSED');
}
