import { createHash } from 'node:crypto';

/** A number from 0 up to 1, not 1 itself. */
export type Random = () => number;

/** A sequence of numbers that the same seed repeats. */
export function seeded(seed: number): Random {
  let count = 0;
  return () => {
    count += 1;
    return createHash('sha256').update(`${seed} ${count}`).digest().readUInt32BE() / 2 ** 32;
  };
}
