import { TargetError } from './errors.js';
import type { ObjectAttributes } from './object.js';
import { slots } from './slots.js';
import type { BeginOptions, WriteBatch } from './target.js';

/** One of many small objects that are put in one call. */
export interface SmallObject {
  readonly key: string;
  /** May lie in memory that is shared with threads (`SharedArrayBuffer`). It does not change until the call has settled. */
  readonly bytes: Uint8Array;
  readonly attributes?: ObjectAttributes | undefined;
}

/** One of many objects that are copied in one call. */
export interface CopyRequest {
  readonly fromKey: string;
  readonly toKey: string;
  readonly attributes?: ObjectAttributes | undefined;
}

/** One of many objects that are taken over from a batch that was killed. */
export interface AdoptRequest {
  /** Its key in that batch, below one of the roots that {@link BeginOptions.adopt} named. */
  readonly fromKey: string;
  readonly toKey: string;
  readonly sizeBytes: number;
  /** SHA-256 that its bytes must have, hex: nothing else of it is believed. */
  readonly sha256: string;
  readonly attributes?: ObjectAttributes | undefined;
}

const TAKES_NOTHING_OVER = 'this target takes nothing over from a batch that was killed';

/** How one of many went. */
export type Outcome<Value> = PromiseSettledResult<Value>;

/** The two calls of a batch that take many objects. */
export type ManyCalls = Pick<WriteBatch, 'putAll' | 'copyAll'>;

/**
 * `putAll` and `copyAll` for a medium that has no faster way than one object after another: by the batch's own `put` and
 * `copy`, at most `concurrency` of them at once in all such calls of the batch together.
 */
export function oneByOne(calls: Pick<WriteBatch, 'put' | 'copy'>, concurrency: number): ManyCalls {
  const places = slots(concurrency);
  // A call that waited too long finds out by itself: it looks at its signal first.
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => places.use(work, undefined, neverStopped);
  return {
    putAll: (objects, options) =>
      Promise.allSettled(
        objects.map(({ key, bytes, attributes }) =>
          inTurn(() => calls.put(key, ownSource(bytes), { ...options, attributes })),
        ),
      ),
    copyAll: (requests, options) =>
      Promise.allSettled(
        requests.map(({ fromKey, toKey, attributes }) =>
          inTurn(() => calls.copy(fromKey, toKey, { ...options, attributes })),
        ),
      ),
  };
}

/** For a target without the capability `adopts`. @throws TargetError `UNSUPPORTED` where a batch is to take something over. */
export function refuseAdoption(url: string, { adopt, root }: BeginOptions): void {
  if (adopt === undefined) return;
  throw new TargetError({ code: 'UNSUPPORTED', reason: TAKES_NOTHING_OVER, url, operation: 'begin', key: root });
}

/** `adoptAll` for a target without the capability `adopts`. */
export function adoptNothing(url: string): Pick<WriteBatch, 'adoptAll'> {
  return {
    adoptAll: async (requests) =>
      requests.map(({ toKey }) =>
        rejected(
          new TargetError({ code: 'UNSUPPORTED', reason: TAKES_NOTHING_OVER, url, operation: 'adopt', key: toKey }),
        ),
      ),
  };
}

/** The outcome of something that is done. */
export function fulfilled<Value>(value: Value): Outcome<Value> {
  return { status: 'fulfilled', value };
}

/** The outcome of something that failed. */
export function rejected(reason: unknown): PromiseRejectedResult {
  return { status: 'rejected', reason };
}

/**
 * Hands out a call of many where some items are refused before it: what `refuse` throws is an item's outcome, and `run` gets the
 * others. The outcomes come in the order of the items.
 */
export async function withoutRefused<Item, Value>(
  items: readonly Item[],
  refuse: (item: Item) => void,
  run: (items: readonly Item[]) => Promise<readonly Outcome<Value>[]>,
): Promise<readonly Outcome<Value>[]> {
  const refusals = items.map((item) => {
    try {
      refuse(item);
      return undefined;
    } catch (error) {
      return rejected(error);
    }
  });
  if (refusals.every((refusal) => refusal === undefined)) return run(items);
  const outcomes = (await run(items.filter((_, index) => refusals[index] === undefined)))[Symbol.iterator]();
  return refusals.map((refusal) => refusal ?? (outcomes.next().value as Outcome<Value>));
}

function neverStopped(): Error {
  return new Error('a wait without a signal has no end but its turn');
}

/** The source of bytes for whoever cannot work on shared memory: then it is copied. */
function ownSource(bytes: Uint8Array): Parameters<WriteBatch['put']>[1] {
  return {
    sizeBytes: bytes.byteLength,
    async *open() {
      if (bytes.byteLength > 0) yield bytes.buffer instanceof ArrayBuffer ? bytes : Uint8Array.from(bytes);
    },
  };
}
