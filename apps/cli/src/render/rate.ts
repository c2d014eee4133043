const WINDOW_MS = 5000;
/** Below this the rate is a guess that jumps. */
const LEAST_MS = 700;

interface Sample {
  readonly atMs: number;
  readonly amount: number;
}

/** How fast an amount has grown over the last five seconds. */
export interface RateMeter {
  /** Tells the amount reached so far. */
  reached(amount: number, atMs: number): void;
  /** Per second; `undefined` while too little time has gone by to say. */
  perSecond(): number | undefined;
}

/** A meter that remembers a bounded number of samples, whatever the number of calls. */
export function rateMeter(): RateMeter {
  const samples: Sample[] = [];
  return {
    reached(amount, atMs) {
      const before = samples.at(-2);
      // The last sample is moved along until it is 100 ms away from the one before it: fifty samples at most.
      if (before !== undefined && atMs - before.atMs < WINDOW_MS / 50) samples.pop();
      samples.push({ atMs, amount });
      while (samples.length > 2 && atMs - (samples[1]?.atMs ?? atMs) > WINDOW_MS) samples.shift();
    },
    perSecond() {
      const first = samples[0];
      const last = samples.at(-1);
      if (first === undefined || last === undefined || last.atMs - first.atMs < LEAST_MS) return undefined;
      return ((last.amount - first.amount) * 1000) / (last.atMs - first.atMs);
    },
  };
}
