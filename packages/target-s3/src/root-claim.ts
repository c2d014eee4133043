import { randomBytes } from 'node:crypto';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { isTargetError, type ObjectSource, type PutReceipt, TargetError } from '@holdfast/core/target';
import { copyObject } from './copying.js';
import { deleteObjects } from './deletion.js';
import { isUnsupportedByStore } from './errors.js';
import { bareEtag } from './etag.js';
import { hasAny, listObjects } from './listing.js';
import { putInParts } from './multipart.js';
import { headOf, holdsBytes, holdsSource } from './same-content.js';
import type { S3Session } from './session.js';
import { type Digested, putWhole, receiptOf } from './single-put.js';

/** User metadata that names the batch an object was put by: `x-amz-meta-holdfast-batch`. */
const OWNER = 'holdfast-batch';

/** How many objects are looked at, one by one, at once. */
const LOOKS_AT_ONCE = 8;

/** So many keys that a listing does not show are asked for one by one, in case it lags, before they count as gone. */
const MAX_DOUBTED_KEYS = 100;

/** How a put finds out that its key is taken: the store refuses, or we look first, or nothing was there at begin. */
type Mode = 'refused' | 'looked' | 'trusted';

interface PutContext {
  readonly operation: 'put';
  readonly key: string;
  readonly signal: AbortSignal;
}

/**
 * A root that one batch fills, in a store where every put is visible at once and nothing can be renamed. Another batch may fill
 * the same root at the same time (two machines mirror the same snapshot), and an earlier one may have been killed in it. So that
 * nobody's snapshot is damaged:
 *
 * - A key that is taken by other bytes is `ALREADY_EXISTS`. One that holds these very bytes is taken over: a killed run can be repeated.
 * - Every object names its batch. Giving up removes all that this batch has put if nothing else is below the root; else only what it has
 *   surely made itself and nobody has taken over since.
 * - Before the record is put, everything is looked for once more: what somebody has removed meanwhile is `ABORTED` (law 3).
 */
export class RootClaim {
  readonly #session: S3Session;
  readonly #prefix: string;
  readonly #owner: string = randomBytes(8).toString('hex');
  #mode: Mode;
  /** What the snapshot needs: everything put, copied or taken over. */
  readonly #relied = new Set<string>();
  /**
   * Keys that may have held another batch's object when this one was put: taken over, or put where the store does not refuse a key that
   * is taken (copies, joined parts, stores without conditions). Another batch may rely on what is there now.
   */
  readonly #unsure = new Set<string>();
  #hasTakenOver = false;

  private constructor(session: S3Session, root: string, mode: Mode) {
    this.#session = session;
    this.#prefix = `${root}/`;
    this.#mode = mode;
  }

  /** Costs a request only where the store cannot refuse a key that is taken. */
  static async make(session: S3Session, root: string, signal: AbortSignal | undefined): Promise<RootClaim> {
    if (session.settings.createIfAbsent) return new RootClaim(session, root, 'refused');
    const isTaken = await hasAny(session, `${root}/`, { operation: 'begin', signal });
    return new RootClaim(session, root, isTaken ? 'looked' : 'trusted');
  }

  get metadata(): Record<string, string> {
    return { [OWNER]: this.#owner };
  }

  /** Puts a small object. `onDoubt` is called when from now on it may appear, whatever is answered. */
  async putWhole(context: PutContext, body: Digested, onDoubt: () => void): Promise<PutReceipt> {
    onDoubt();
    const receipt = (await this.#putNew(context, body)) ?? (await this.#putWhereTaken(context, body));
    this.#relied.add(context.key);
    return receipt;
  }

  /** Puts a large object. It is looked for first: not every store heeds a condition when parts are joined. */
  async putInParts(context: PutContext, source: ObjectSource, onDoubt: () => void): Promise<PutReceipt> {
    const { key, signal } = context;
    const job = { session: this.#session, key, source, signal, onDoubt };
    const head = this.#mode === 'trusted' ? undefined : await headOf(this.#session, context);
    if (head !== undefined && !(await holdsSource(this.#session, context, head, source))) throw this.#taken(key);
    this.#unsure.add(key);
    let receipt: PutReceipt = { confirmed: true };
    if (head === undefined) {
      const how = { onlyIfAbsent: this.#mode === 'refused', metadata: this.metadata };
      receipt = await putInParts({ ...job, how });
    } else if (head.Metadata?.[OWNER] !== this.#owner) {
      this.#hasTakenOver = true;
      onDoubt();
      await this.#renameOwner(context).catch(async (error: unknown) => {
        if (!isTargetError(error, 'COPY_REFUSED')) throw error;
        receipt = await putInParts({ ...job, how: { metadata: this.metadata } });
      });
    }
    this.#relied.add(key);
    return receipt;
  }

  /** To be told of a copy before it is made, and again when it is. */
  noteCopy(key: string, isMade: boolean): void {
    this.#unsure.add(key);
    if (isMade) this.#relied.add(key);
  }

  /** @returns undefined if the key is taken, or must be looked at */
  async #putNew(context: PutContext, body: Digested): Promise<PutReceipt | undefined> {
    if (this.#mode === 'looked') return undefined;
    if (this.#mode === 'trusted') this.#unsure.add(context.key);
    const how = { onlyIfAbsent: this.#mode === 'refused', metadata: this.metadata };
    try {
      return await putWhole(this.#session, context, body, how);
    } catch (error) {
      if (isUnsupportedByStore(error) && how.onlyIfAbsent) this.#mode = 'looked';
      else if (!isTargetError(error, 'ALREADY_EXISTS')) throw error;
      return undefined;
    }
  }

  async #putWhereTaken(context: PutContext, body: Digested): Promise<PutReceipt> {
    const { key } = context;
    const head = await headOf(this.#session, context);
    if (head !== undefined) {
      if (!(await holdsBytes(this.#session, context, head, body))) throw this.#taken(key);
      // Our own: an earlier try, whose answer was lost.
      if (head.Metadata?.[OWNER] === this.#owner)
        return receiptOf(this.#session, bareEtag(head.ETag) === body.md5, body.md5);
      this.#unsure.add(key);
      this.#hasTakenOver = true;
    }
    return putWhole(this.#session, context, body, { metadata: this.metadata });
  }

  /**
   * Looks for everything that this batch relies on.
   *
   * @throws TargetError `ABORTED` if something is gone
   */
  async assertComplete(signal: AbortSignal): Promise<void> {
    const missing = new Set(this.#relied);
    if (missing.size === 0) return;
    for await (const { key } of listObjects(this.#session, this.#prefix, { signal })) missing.delete(key);
    const gone =
      missing.size > MAX_DOUBTED_KEYS
        ? [...missing]
        : await this.#filter([...missing], signal, (head) => head === undefined);
    const [key] = gone;
    if (key === undefined) return;
    throw new TargetError({
      code: 'ABORTED',
      reason: `${gone.length} of the objects put have vanished`,
      url: this.#session.url,
      operation: 'commit',
      key,
      hint: 'Something else removes objects there: another run that was given up, or a rule of the bucket.',
    });
  }

  /** Removes those of `doubtful` that are there after all, though their put has failed. */
  async removeDoubtful(doubtful: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const failed = [...doubtful].filter((key) => !this.#relied.has(key));
    const isSafe = failed.every((key) => !this.#unsure.has(key)) || (await this.#isAlone(doubtful, signal));
    await this.#removeOwned(isSafe ? failed : failed.filter((key) => !this.#unsure.has(key)), signal);
  }

  /** Gives everything up, but for what another batch may rely on. */
  async giveUp(doubtful: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const put = [...new Set([...this.#relied, ...doubtful])];
    if (put.length === 0) return;
    if (await this.#isAlone(doubtful, signal)) await deleteObjects(this.#session, put, signal, 'abort');
    else
      await this.#removeOwned(
        put.filter((key) => !this.#unsure.has(key)),
        signal,
      );
  }

  /** Is there nothing below the root but what this batch has put? */
  async #isAlone(doubtful: ReadonlySet<string>, signal: AbortSignal): Promise<boolean> {
    if (this.#hasTakenOver) return false;
    for await (const { key } of listObjects(this.#session, this.#prefix, { signal })) {
      if (!this.#relied.has(key) && !doubtful.has(key)) return false;
    }
    return true;
  }

  async #removeOwned(keys: readonly string[], signal: AbortSignal): Promise<void> {
    await this.#filter(keys, signal, async (head, key) => {
      if (head?.Metadata?.[OWNER] !== this.#owner) return false;
      const place = { Bucket: this.#session.settings.bucket, Key: this.#session.nameOf(key) };
      const context = { operation: 'abort', key, signal } as const;
      await this.#session.ask(context, (client, options) => client.send(new DeleteObjectCommand(place), options));
      return true;
    });
  }

  /** The keys for which `test` holds, asked with what the store says of each. */
  async #filter(
    keys: readonly string[],
    signal: AbortSignal,
    test: (head: Awaited<ReturnType<typeof headOf>>, key: string) => boolean | Promise<boolean>,
  ): Promise<string[]> {
    const kept: string[] = [];
    const waiting = keys.values();
    const work = async (): Promise<void> => {
      for (const key of waiting) {
        const head = await headOf(this.#session, { operation: 'commit', key, signal });
        if (await test(head, key)) kept.push(key);
      }
    };
    await Promise.all(Array.from({ length: Math.min(LOOKS_AT_ONCE, keys.length) }, work));
    return kept;
  }

  /** Makes an object name this batch, without sending its bytes. */
  async #renameOwner({ key, signal }: PutContext): Promise<PutReceipt> {
    await copyObject({ session: this.#session, fromKey: key, toKey: key, signal, metadata: this.metadata });
    return { confirmed: true };
  }

  #taken(key: string): TargetError {
    return new TargetError({
      code: 'ALREADY_EXISTS',
      reason: 'the key is taken by other bytes: another batch fills the same root, or has left this',
      url: this.#session.url,
      operation: 'put',
      key,
    });
  }
}
