/** A number of places that work can take, in the order in which it asks. */
export interface Slots {
  /** Waits for a free place, does the work, frees the place. Whoever waits stops with the signal: it then throws `stopped()`. */
  use<Answer>(work: () => Promise<Answer>, signal: AbortSignal | undefined, stopped: () => Error): Promise<Answer>;
}

/** @param count how many may work at once; at least one. */
export function slots(count: number): Slots {
  let free = Math.max(1, Math.floor(count));
  const waiting = new Set<() => void>();

  const acquire = (signal: AbortSignal | undefined, stopped: () => Error): Promise<void> => {
    if (signal?.aborted) return Promise.reject(stopped());
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const take = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        waiting.delete(take);
        reject(stopped());
      };
      signal?.addEventListener('abort', leave, { once: true });
      waiting.add(take);
    });
  };
  const release = (): void => {
    // A Set keeps the order in which they came.
    for (const take of waiting) {
      waiting.delete(take);
      take();
      return;
    }
    free += 1;
  };

  return {
    async use(work, signal, stopped) {
      await acquire(signal, stopped);
      try {
        return await work();
      } finally {
        release();
      }
    },
  };
}
