import type { TargetCall } from '../decorators/index.js';
import { abortedError, type ObjectSource, TargetError, type TargetErrorCode } from '../target/index.js';

/** What goes wrong in one call. Each hook is used where the call has it; what is left out goes well. */
export interface Fault {
  /** In the place of a call that answers with a promise; `run` does it for real. */
  call?<Answer>(call: TargetCall, run: () => Promise<Answer>): Promise<Answer>;
  /** In the place of what `list` and `get` give. */
  items?<Item>(call: TargetCall, items: AsyncIterable<Item>): AsyncIterable<Item>;
  /** In the place of what a put reads. */
  source?(call: TargetCall, source: ObjectSource): ObjectSource;
}

/** An error, or how it is made for the call that meets it. */
export type FaultError = Error | ((call: TargetCall) => Error);

/** Makes a {@link TargetError} of this code for whatever call meets it. */
export function targetFault(code: TargetErrorCode = 'UNAVAILABLE', reason = 'a fault of the test'): FaultError {
  return ({ operation, key }) => new TargetError({ code, reason, url: 'memory:', operation, key });
}

function errorOf(call: TargetCall, error: FaultError): Error {
  return typeof error === 'function' ? error(call) : error;
}

/** Fails before anything is done. */
export function fails(error: FaultError = targetFault()): Fault {
  return {
    call: async (call) => {
      throw errorOf(call, error);
    },
    // biome-ignore lint/correctness/useYield: it fails before its first item.
    async *items(call) {
      throw errorOf(call, error);
    },
  };
}

/** Does everything, and then fails: the answer was lost on its way. */
export function losesAnswer(error: FaultError = targetFault()): Fault {
  return {
    async call(call, run) {
      await run();
      throw errorOf(call, error);
    },
    async *items(call, items) {
      yield* items;
      throw errorOf(call, error);
    },
  };
}

/** Gives so many items of a list, or bytes of a get, and then fails. */
export function breaksAfter(count: number, error: FaultError = targetFault()): Fault {
  return {
    async *items(call, items) {
      yield* firstOf(items, count);
      throw errorOf(call, error);
    },
  };
}

/** Gives so many items of a list, or bytes of a get, and ends as if that were all: a lie. */
export function endsAfter(count: number): Fault {
  return { items: (_call, items) => firstOf(items, count) };
}

/** Flips the lowest bit of the byte at this offset: of what a get gives, of what a put stores. */
export function corrupts(offset: number): Fault {
  return {
    items: (_call, items) => flipped(items, offset),
    source: (_call, source) => ({ sizeBytes: source.sizeBytes, open: () => flipped(source.open(), offset) }),
  };
}

/** Waits for what `pause` gives before everything else: a delay, or an event of the test. */
export function waits(pause: (call: TargetCall) => Promise<unknown>): Fault {
  return {
    async call(call, run) {
      await pause(call);
      return run();
    },
    async *items(call, items) {
      await pause(call);
      yield* items;
    },
  };
}

/** Does everything, and calls `then` before the answer goes out: to kill the process right there, to change the world. */
export function afterwards(then: (call: TargetCall) => unknown): Fault {
  return {
    async call(call, run) {
      const answer = await run();
      await then(call);
      return answer;
    },
    async *items(call, items) {
      yield* items;
      await then(call);
    },
  };
}

/** Does nothing until the signal of the call fires; then `ABORTED`. Without a signal it hangs for ever. */
export function hangs(): Fault {
  const hang = (call: TargetCall): Promise<never> =>
    new Promise((_, reject) => {
      const { signal, operation, key } = call;
      const stop = (): void => reject(abortedError('memory:', operation, key, signal));
      if (signal?.aborted) stop();
      else signal?.addEventListener('abort', stop, { once: true });
    });
  return {
    call: hang,
    // biome-ignore lint/correctness/useYield: it hangs before its first item.
    async *items(call) {
      await hang(call);
    },
  };
}

/** The first lines of a list, or the first bytes of a get. */
async function* firstOf<Item>(items: AsyncIterable<Item>, count: number): AsyncGenerator<Item> {
  let left = count;
  if (left === 0) return;
  for await (const item of items) {
    if (item instanceof Uint8Array) {
      const part = item.subarray(0, left);
      left -= part.byteLength;
      yield part as Awaited<Item>;
    } else {
      left -= 1;
      yield item;
    }
    if (left <= 0) return;
  }
}

async function* flipped<Item>(items: AsyncIterable<Item>, offset: number): AsyncGenerator<Item> {
  let seenBytes = 0;
  for await (const item of items) {
    if (!(item instanceof Uint8Array)) {
      yield item;
      continue;
    }
    const copy = item.slice();
    const value = copy[offset - seenBytes];
    if (value !== undefined) copy[offset - seenBytes] = value ^ 1;
    seenBytes += item.byteLength;
    yield copy as Awaited<Item>;
  }
}
