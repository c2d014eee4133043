import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { abortedError, isTargetError, TargetError, type TargetOperation } from '@holdfast/core/target';
import { ByteBudget } from './byte-budget.js';
import type { S3Clients } from './client.js';
import { faultOf } from './errors.js';
import type { S3Settings } from './settings.js';

/** What a request is for. */
export interface RequestContext {
  readonly operation: TargetOperation;
  readonly key?: string | undefined;
  /** Ends the request; the caller's signal or one that follows it. */
  readonly signal?: AbortSignal | undefined;
  /** What a 404 means that does not say it; the object by default. */
  readonly notFound?: 'object' | 'bucket' | undefined;
}

/** A signal that fires when the caller's does, when the target is closed, or when a time is over. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Stops the clock; the signal follows the others still. */
  disarm(): void;
  /** Takes everything back; to be called when what it was made for is done. */
  release(): void;
}

/** How often a piece of an operation (a part, a page) is sent in all, and how long is waited first. Doubles each time, with jitter. */
const PIECE_ATTEMPTS = 4;
const PIECE_DELAY_MS = 200;

/** One opened target's connection to its bucket: how all of the adapter's requests are made, timed, ended and explained. */
export class S3Session {
  readonly settings: S3Settings;
  readonly budget: ByteBudget;
  /** True once an answer has shown that the bucket is there: then a 404 can only mean the object. */
  isBucketSeen = false;
  /** In listings, does `+` stand for a space? Unknown until a listing shows it. */
  plusIsSpace: boolean | undefined;
  readonly #clients: S3Clients;
  readonly #closing = new AbortController();

  constructor(settings: S3Settings, clients: S3Clients) {
    this.settings = settings;
    this.budget = new ByteBudget(settings.bufferBytes);
    this.#clients = clients;
  }

  get url(): string {
    return this.settings.url;
  }

  /** The name of an object in the bucket. */
  nameOf(key: string): string {
    return this.settings.prefix + key;
  }

  /** @throws TargetError `CLOSED` */
  assertOpen(operation: TargetOperation, key?: string): void {
    if (!this.#closing.signal.aborted) return;
    throw new TargetError({ code: 'CLOSED', reason: 'the target is closed', url: this.url, operation, key });
  }

  /** @throws TargetError `ABORTED` if the caller's signal has fired */
  assertNotStopped(signal: AbortSignal | undefined, { operation, key }: RequestContext): void {
    if (signal?.aborted) throw abortedError(this.url, operation, key, signal);
  }

  /** A request that the store answers soon; silence for `idleTimeoutMs` fails it. */
  async ask<Answer>(
    context: RequestContext,
    run: (client: S3Client, options: { abortSignal: AbortSignal }) => Promise<Answer>,
  ): Promise<Answer> {
    const link = this.link([context.signal]);
    try {
      return await this.#attempt(context, link.signal, () => run(this.#clients.prompt, { abortSignal: link.signal }));
    } finally {
      link.release();
    }
  }

  /** A request that the store may work on for minutes: joining parts, copying. */
  async askSlowly<Answer>(
    context: RequestContext,
    run: (client: S3Client, options: { abortSignal: AbortSignal }) => Promise<Answer>,
  ): Promise<Answer> {
    const link = this.link([context.signal], this.settings.slowTimeoutMs);
    try {
      return await this.#attempt(context, link.signal, () => run(this.#clients.patient, { abortSignal: link.signal }));
    } finally {
      link.release();
    }
  }

  /** A request whose answer is read for as long as it takes. The caller owns the link: it times the reading and ends it. */
  async askToRead<Answer>(
    context: RequestContext,
    link: LinkedSignal,
    run: (client: S3Client, options: { abortSignal: AbortSignal }) => Promise<Answer>,
  ): Promise<Answer> {
    return this.#attempt(context, link.signal, () => run(this.#clients.patient, { abortSignal: link.signal }));
  }

  /**
   * Sends a piece of an operation again while that is worth it, for nobody outside can: a part whose bytes are in memory, a later
   * page of a listing. Whole operations, and their first request, are repeated by the decorator around the target, not here.
   */
  async persist<Answer>(context: RequestContext, send: () => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send();
      } catch (error) {
        if (attempt === PIECE_ATTEMPTS || !isTargetError(error) || !error.retryable) throw error;
        const delayMs = PIECE_DELAY_MS * 2 ** (attempt - 1) * (0.5 + Math.random());
        const link = this.link([context.signal]);
        await sleep(delayMs, undefined, { signal: link.signal })
          .catch((stopped: unknown) => {
            throw this.explain(stopped, context, link.signal);
          })
          .finally(() => link.release());
      }
    }
  }

  /** A signal that follows those given and the target's closing, and fires by itself after `limitMs`. */
  link(outer: readonly (AbortSignal | undefined)[], limitMs?: number): LinkedSignal {
    const controller = new AbortController();
    // Many requests at once hang on one signal; Node takes more than ten listeners for a leak and warns.
    setMaxListeners(0, controller.signal);
    const followed = new Map<AbortSignal, () => void>();
    const follow = (signal: AbortSignal, why: () => Stopped): void => {
      setMaxListeners(0, signal);
      // A signal that is linked itself says best why it fired.
      const onAbort = (): void => controller.abort(signal.reason instanceof Stopped ? signal.reason : why());
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      followed.set(signal, onAbort);
    };
    for (const signal of outer) if (signal !== undefined) follow(signal, () => new Stopped('signal', signal.reason));
    follow(this.#closing.signal, () => new Stopped('closed'));
    const timer = limitMs === undefined ? undefined : setTimeout(() => controller.abort(new Stopped('time')), limitMs);
    return {
      signal: controller.signal,
      disarm: () => clearTimeout(timer),
      release() {
        clearTimeout(timer);
        for (const [signal, onAbort] of followed) signal.removeEventListener('abort', onAbort);
      },
    };
  }

  /** Takes memory for `sizeBytes` of an upload, when there is some; gives it back by the function returned. */
  async takeMemory(sizeBytes: number, context: RequestContext & { readonly signal: AbortSignal }): Promise<() => void> {
    try {
      return await this.budget.take(sizeBytes, context.signal);
    } catch (error) {
      throw this.explain(error, context, context.signal);
    }
  }

  /** What went wrong, as a `TargetError`. `signal`: the linked one of the request, whose reason says why it was ended. */
  explain(error: unknown, context: RequestContext, signal?: AbortSignal): TargetError {
    const { operation, key, notFound } = context;
    if (isTargetError(error)) return error;
    const stopped: unknown = signal?.aborted ? signal.reason : undefined;
    const by = stopped instanceof Stopped ? stopped.by : undefined;
    if (by === 'closed')
      return new TargetError({ code: 'CLOSED', reason: 'the target was closed', url: this.url, operation, key });
    if (stopped instanceof Stopped && by === 'signal') {
      return new TargetError({
        code: 'ABORTED',
        reason: 'stopped by a signal',
        url: this.url,
        operation,
        key,
        cause: stopped.cause,
      });
    }
    const fault = by === 'time' ? Object.assign(new Error('no answer in time'), { name: 'TimeoutError' }) : error;
    const { endpoint, region } = this.settings;
    return faultOf(fault, { url: this.url, operation, key, endpoint, region, notFound });
  }

  /** Ends everything under way, with `CLOSED`, and frees the sockets. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#clients.destroy();
  }

  async #attempt<Answer>(context: RequestContext, signal: AbortSignal, run: () => Promise<Answer>): Promise<Answer> {
    this.assertOpen(context.operation, context.key);
    try {
      const answer = await run();
      this.isBucketSeen = true;
      return answer;
    } catch (error) {
      throw this.explain(error, context, signal);
    }
  }
}

/** Why a linked signal fired. */
class Stopped extends Error {
  readonly by: 'signal' | 'closed' | 'time';

  constructor(by: 'signal' | 'closed' | 'time', cause?: unknown) {
    super(by, { cause });
    this.by = by;
  }
}
