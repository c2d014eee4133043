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
import { type Digested, putWhole } from './single-put.js';

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
 * - Every object names its batch. Giving up removes only what this batch has made and nobody has taken over since.
 * - Before the record is put, everything is looked for once more: what somebody has removed meanwhile is `ABORTED` (law 3).
 */
export class RootClaim {
  readonly #session: S3Session;
  readonly #prefix: string;
  readonly #owner: string = randomBytes(8).toString('hex');
  #mode: Mode;
  /** Made by this batch. */
  readonly #made = new Set<string>();
  /** Made by copying, which no store refuses for a key that is taken: not known to be ours alone. */
  readonly #copied = new Set<string>();
  /** Found there with the right bytes, and taken over. */
  readonly #takenOver = new Set<string>();

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
    const { key } = context;
    onDoubt();
    if (this.#mode !== 'looked') {
      try {
        const receipt = await putWhole(this.#session, context, body, {
          onlyIfAbsent: this.#mode === 'refused',
          metadata: this.metadata,
        });
        this.#made.add(key);
        return receipt;
      } catch (error) {
        if (isUnsupportedByStore(error) && this.#mode === 'refused') this.#mode = 'looked';
        else if (!isTargetError(error, 'ALREADY_EXISTS')) throw error;
      }
    }
    const head = await headOf(this.#session, context);
    if (head !== undefined && !(await holdsBytes(this.#session, context, head, body))) throw this.#taken(key);
    if (head !== undefined && head.Metadata?.[OWNER] === this.#owner) {
      this.#made.add(key);
      return { confirmed: bareEtag(head.ETag) === body.md5 };
    }
    const receipt = await putWhole(this.#session, context, body, { metadata: this.metadata });
    (head === undefined ? this.#made : this.#takenOver).add(key);
    return receipt;
  }

  /** Puts a large object. It is looked for first: not every store heeds a condition when parts are joined. */
  async putInParts(context: PutContext, source: ObjectSource, onDoubt: () => void): Promise<PutReceipt> {
    const { key, signal } = context;
    const job = { session: this.#session, key, source, signal, onDoubt };
    const head = this.#mode === 'trusted' ? undefined : await headOf(this.#session, context);
    if (head === undefined) {
      const receipt = await putInParts({
        ...job,
        how: { onlyIfAbsent: this.#mode === 'refused', metadata: this.metadata },
      });
      this.#made.add(key);
      return receipt;
    }
    if (!(await holdsSource(this.#session, context, head, source))) throw this.#taken(key);
    if (head.Metadata?.[OWNER] === this.#owner) {
      this.#made.add(key);
      return { confirmed: true };
    }
    onDoubt();
    const receipt = await this.#renameOwner(context).catch((error: unknown) => {
      if (!isTargetError(error, 'COPY_REFUSED')) throw error;
      return putInParts({ ...job, how: { metadata: this.metadata } });
    });
    this.#takenOver.add(key);
    return receipt;
  }

  /** To be told of a copy. */
  addCopy(key: string): void {
    this.#copied.add(key);
  }

  /**
   * Looks for everything that this batch relies on.
   *
   * @throws TargetError `ABORTED` if something is gone
   */
  async assertComplete(signal: AbortSignal): Promise<void> {
    const missing = new Set([...this.#made, ...this.#takenOver, ...this.#copied]);
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
  async removeDoubtful(doubtful: Iterable<string>, signal: AbortSignal): Promise<void> {
    const candidates = [...doubtful].filter((key) => !this.#made.has(key) && !this.#takenOver.has(key));
    await this.#removeOwned(candidates, signal);
  }

  /** Gives everything up. Objects that others have taken over stay. */
  async giveUp(doubtful: Iterable<string>, signal: AbortSignal): Promise<void> {
    const mine = new Set([...this.#made, ...doubtful]);
    if (mine.size + this.#copied.size === 0) return;
    if (await this.#isAlone(mine, signal))
      return deleteObjects(this.#session, [...mine, ...this.#copied], signal, 'abort');
    await this.#removeOwned([...mine], signal);
  }

  /** Is there nothing below the root that this batch has not made? */
  async #isAlone(mine: ReadonlySet<string>, signal: AbortSignal): Promise<boolean> {
    if (this.#takenOver.size > 0) return false;
    for await (const { key } of listObjects(this.#session, this.#prefix, { signal })) {
      if (!mine.has(key) && !this.#copied.has(key)) return false;
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
