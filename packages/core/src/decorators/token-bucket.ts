/** Bytes that may pass, refilled at a steady rate. */
export interface TokenBucket {
  /** Takes so many bytes at once, then waits for as long as they were not there yet. */
  take(sizeBytes: number, signal: AbortSignal | undefined): Promise<void>;
}

/** What a {@link tokenBucket} is told. */
export interface TokenBucketOptions {
  readonly bytesPerSecond: number;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
  readonly sleep: (delayMs: number, signal: AbortSignal | undefined) => Promise<unknown>;
}

/**
 * A bucket that holds one second of the rate, and begins full. It may be overdrawn: a piece larger than the bucket passes and the next
 * ones wait for it, so that the rate holds whatever the size of the pieces.
 */
export function tokenBucket({ bytesPerSecond, now, sleep }: TokenBucketOptions): TokenBucket {
  let availableBytes = bytesPerSecond;
  let filledAtMs = now();
  return {
    async take(sizeBytes, signal) {
      const nowMs = now();
      availableBytes = Math.min(bytesPerSecond, availableBytes + ((nowMs - filledAtMs) / 1000) * bytesPerSecond);
      filledAtMs = nowMs;
      availableBytes -= sizeBytes;
      if (availableBytes < 0) await sleep((-availableBytes / bytesPerSecond) * 1000, signal);
    },
  };
}
